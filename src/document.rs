//! An article read once, into paragraphs, sentences and tokens.
//!
//! What both the summary and the quotes need is found here once: what is headline, body and page furniture, where
//! quotation marks pair, and which sentences open inside one or with a word that points back.

pub mod boilerplate;
pub mod html;
pub mod repeat;
pub mod title;

use std::{borrow::Cow, ops::Range};

use crate::{
    cancel::{Cancel, Cancelled},
    text::{self, Class, Language, Mark, Span, Token, Vocabulary, token::Shape},
};

/// How many bytes of a text make a token or a sentence, or fewer: what room is made for. The tokens' is by far the largest
/// block of memory. What is never written of it costs nothing, and an allocator keeps at hand, for the next large text,
/// memory in proportion to the largest block it was given back.
const USUAL_TOKEN_BYTES: usize = 3;
const USUAL_SENTENCE_BYTES: usize = 100;
/// In how many bytes of a text there is one quotation, or a little less.
const USUAL_MARK_BYTES: usize = 200;

/// The most sentences that most paragraphs have.
const USUAL_STRETCH: usize = 16;

/// How an article is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions<'a> {
    /// The headline, where the caller knows it; else empty, and it is looked for.
    pub title: &'a str,
    /// The BCP-47 code of the article's language, where the caller knows it; else empty, and it is detected.
    pub language_code: &'a str,
    /// Whether page furniture stays in the body.
    pub keep_boilerplate: bool,
}

/// An article, read.
#[derive(Debug)]
pub struct Document<'a> {
    /// The text that every span refers to: the caller's, or for HTML the extracted one.
    pub text: Cow<'a, str>,
    /// The headline, given or found.
    pub title: Title<'a>,
    /// The BCP-47 code of the language, given or detected; `und` when it can't be told.
    pub language_code: Cow<'a, str>,
    /// The rules that language is read by.
    pub language: Language,
    /// The paragraphs in reading order, those of furniture and title too.
    pub paragraphs: Vec<Paragraph>,
    /// The sentences in reading order, those of furniture and title too. They cover every word of the text.
    pub sentences: Vec<Sentence>,
    /// The tokens of all sentences, in reading order.
    pub tokens: Vec<Token>,
    /// The distinct words of the tokens.
    pub vocabulary: Vocabulary,
    /// The pairs of quotation marks, in the order of their opening glyphs.
    pub marks: Vec<Mark>,
}

/// A headline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Title<'a> {
    /// There is none.
    #[default]
    None,
    /// A stretch of the document's text.
    Found(Span),
    /// Given by the caller, or taken from the page's head: not part of the text.
    Given(Cow<'a, str>),
}

/// A paragraph: what empty lines, or lines, part.
#[derive(Clone, Debug)]
pub struct Paragraph {
    /// Where it stands, without the white space around it.
    pub span: Span,
    /// Its sentences: those that begin in it.
    pub sentences: Range<u32>,
    /// Its number among the body's paragraphs, from 0; for any other, how many of them stand before it.
    pub body_index: u32,
}

/// A sentence.
#[derive(Clone, Debug)]
pub struct Sentence {
    /// Where it stands, without the white space around it. It may run over a paragraph's end ("He added:").
    pub span: Span,
    /// Its tokens.
    pub tokens: Range<u32>,
    /// The paragraph it begins in.
    pub paragraph: u32,
    /// What part of the page it is.
    pub role: Role,
    /// It begins between quotation marks that an earlier sentence opened.
    pub opens_in_quotation: bool,
    /// It opens with a word that points back to the sentence before: he, this, but, however.
    pub points_back: bool,
}

/// What part of the page a sentence is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The headline.
    Title,
    /// The article itself.
    Body,
    /// The article itself, saying again what a better-formed sentence of it says.
    Repeat,
    /// Page furniture: share bars, teasers, comment forms.
    Boilerplate,
}

impl<'a> Document<'a> {
    /// Reads plain text.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn parse(text: &'a str, options: ReadOptions<'a>, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        Self::read(Cow::Borrowed(text), Cow::Borrowed(options.title), options, cancel)
    }

    /// Reads a page's readable text, which becomes [`Document::text`].
    ///
    /// # Errors
    ///
    /// [`html::UnreadableHtml`] when the page nests too deeply or holds no text, or when `cancel` says so.
    pub fn parse_html(page: &str, options: ReadOptions<'a>, cancel: Cancel<'_>) -> Result<Self, html::UnreadableHtml> {
        let page = html::extract(page, cancel)?;
        let title = if options.title.trim().is_empty() { Cow::Owned(page.title) } else { Cow::Borrowed(options.title) };
        Ok(Self::read(Cow::Owned(page.text), title, options, cancel)?)
    }

    fn read(
        text: Cow<'a, str>,
        title: Cow<'a, str>,
        options: ReadOptions<'a>,
        cancel: Cancel<'_>,
    ) -> Result<Self, Cancelled> {
        let language_code = match options.language_code {
            "" => text::language::detect(&text),
            given => given,
        };
        let language = Language::of_code(language_code);
        let mut document = Self {
            title: Title::None,
            language_code: Cow::Borrowed(language_code),
            language,
            paragraphs: Vec::new(),
            sentences: Vec::new(),
            tokens: Vec::new(),
            vocabulary: Vocabulary::new(language),
            marks: Vec::new(),
            text,
        };
        let lines = text::paragraph::split(&document.text);
        let roles = boilerplate::roles(&document.text, &lines, &title, options.keep_boilerplate, cancel)?;
        document.title = match roles.iter().position(|&role| role == Role::Title) {
            _ if !title.trim().is_empty() => Title::Given(title),
            Some(line) => Title::Found(lines[line]),
            None => Title::None,
        };
        document.paragraphs.reserve(lines.len());
        document.sentences.reserve(lines.len() + document.text.len() / USUAL_SENTENCE_BYTES);
        document.tokens.reserve(document.text.len() / USUAL_TOKEN_BYTES);
        document.vocabulary.reserve(document.text.len());
        document.marks.reserve(document.text.len() / USUAL_MARK_BYTES);
        document.read_paragraphs(&lines, &roles, cancel)?;
        document.mark_openings();
        repeat::mark(&mut document, cancel)?;
        Ok(document)
    }

    /// Splits paragraphs into sentences and those into tokens. A sentence may run on into the next paragraph.
    fn read_paragraphs(&mut self, paragraphs: &[Span], roles: &[Role], cancel: Cancel<'_>) -> Result<(), Cancelled> {
        let mut spans = Vec::with_capacity(USUAL_STRETCH);
        let mut body_index = 0;
        let mut at = 0;
        while at < paragraphs.len() {
            cancel.check()?;
            let runs_on = |next: usize| {
                roles[next] == Role::Body
                    && roles[next - 1] == Role::Body
                    && text::paragraph::runs_on(&self.text, paragraphs[next - 1], paragraphs[next])
            };
            let end = (at + 1..paragraphs.len()).find(|&next| !runs_on(next)).unwrap_or(paragraphs.len());
            let stretch = Span { begin: paragraphs[at].begin, end: paragraphs[end - 1].end };
            spans.clear();
            if roles[at] == Role::Title {
                spans.push(stretch);
            } else {
                text::sentence::split(&self.text, stretch, self.language, &mut spans);
            }
            let mut sentences = spans.iter().copied().peekable();
            for (&paragraph, &role) in paragraphs[at..end].iter().zip(&roles[at..end]) {
                text::mark::pair(&self.text, paragraph, &mut self.marks);
                let first = index(self.sentences.len());
                while let Some(span) = sentences.next_if(|sentence| sentence.begin < paragraph.end) {
                    self.read_sentence(span, role);
                }
                let sentences = first..index(self.sentences.len());
                self.paragraphs.push(Paragraph { span: paragraph, sentences, body_index });
                body_index += u32::from(role == Role::Body);
            }
            at = end;
        }
        Ok(())
    }

    fn read_sentence(&mut self, span: Span, role: Role) {
        let first = self.tokens.len();
        text::token::tokenize(&self.text, span, &mut self.vocabulary, &mut self.tokens);
        self.sentences.push(Sentence {
            span,
            tokens: index(first)..index(self.tokens.len()),
            paragraph: index(self.paragraphs.len()),
            role,
            opens_in_quotation: false,
            points_back: false,
        });
    }

    /// Finds which sentences open inside quotation marks, and which with a word that points back.
    fn mark_openings(&mut self) {
        let mut marks = self.marks.iter().peekable();
        let mut closes = 0;
        for sentence in &mut self.sentences {
            while let Some(mark) = marks.next_if(|mark| mark.open.begin < sentence.span.begin) {
                closes = closes.max(mark.close.begin);
            }
            sentence.opens_in_quotation = sentence.span.begin < closes;
            let tokens = &self.tokens[sentence.tokens.start as usize..sentence.tokens.end as usize];
            let opening = tokens.iter().find(|token| token.shape.is(Shape::WORD));
            sentence.points_back =
                opening.is_some_and(|token| self.vocabulary.word(token.word).classes.any(Class::POINTS_BACK));
        }
    }

    /// The headline's words; empty when there is none.
    #[must_use]
    pub fn title(&self) -> &str {
        match &self.title {
            Title::None => "",
            Title::Found(span) => span.of(&self.text),
            Title::Given(title) => title,
        }
    }

    /// The tokens of a sentence.
    #[must_use]
    pub fn tokens_of(&self, sentence: &Sentence) -> &[Token] {
        &self.tokens[sentence.tokens.start as usize..sentence.tokens.end as usize]
    }

    /// The body's sentences, repeats too, in reading order: a caller's `sentence_index` counts these.
    pub fn body(&self) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().filter(|sentence| matches!(sentence.role, Role::Body | Role::Repeat))
    }

    /// The page furniture: what its paragraphs and sentences hold, neighbours joined where only white space parts them
    /// within one paragraph.
    #[must_use]
    pub fn boilerplate(&self) -> Vec<Span> {
        let mut spans: Vec<(u32, Span)> = Vec::new();
        for sentence in self.sentences.iter().filter(|sentence| sentence.role == Role::Boilerplate) {
            match spans.last_mut() {
                Some((paragraph, span))
                    if *paragraph == sentence.paragraph
                        && self.text[span.end as usize..sentence.span.begin as usize].trim().is_empty() =>
                {
                    span.end = sentence.span.end;
                }
                _ => spans.push((sentence.paragraph, sentence.span)),
            }
        }
        spans.into_iter().map(|(_, span)| span).collect()
    }
}

/// A position in a flat array.
fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
