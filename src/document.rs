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
    text::{self, Class, Language, Mark, Span, Token, Vocabulary},
};

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
        let language = Language::English;
        let mut document = Self {
            title: Title::None,
            language_code: Cow::Borrowed(if options.language_code.is_empty() { "en" } else { options.language_code }),
            language,
            paragraphs: Vec::new(),
            sentences: Vec::new(),
            tokens: Vec::new(),
            vocabulary: Vocabulary::new(language),
            marks: Vec::new(),
            text,
        };
        let lines = lines(&document.text);
        let roles = boilerplate::roles(&document.text, &lines, &title, options.keep_boilerplate);
        document.title = match roles.iter().position(|&role| role == Role::Title) {
            _ if !title.trim().is_empty() => Title::Given(title),
            Some(line) => Title::Found(lines[line]),
            None => Title::None,
        };
        let mut spans = Vec::new();
        let mut body_index = 0;
        for (&span, &role) in lines.iter().zip(&roles) {
            cancel.check()?;
            spans.clear();
            if role == Role::Title {
                spans.push(span);
            } else {
                text::sentence::split(&document.text, span, language, &mut spans);
            }
            text::mark::pair(&document.text, span, &mut document.marks);
            let first = index(document.sentences.len());
            for &sentence in &spans {
                let tokens = index(document.tokens.len());
                text::token::tokenize(&document.text, sentence, &mut document.vocabulary, &mut document.tokens);
                let opening = document.tokens.get(tokens as usize).map(|token| document.vocabulary.word(token.word));
                document.sentences.push(Sentence {
                    span: sentence,
                    tokens: tokens..index(document.tokens.len()),
                    paragraph: index(document.paragraphs.len()),
                    role,
                    opens_in_quotation: false,
                    points_back: opening.is_some_and(|word| word.classes.any(Class::POINTS_BACK)),
                });
            }
            document.paragraphs.push(Paragraph { span, sentences: first..index(document.sentences.len()), body_index });
            body_index += u32::from(role == Role::Body);
        }
        repeat::mark(&mut document, cancel)?;
        Ok(document)
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

/// The lines of a text that hold anything, without the white space around them.
fn lines(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut begin = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(begin, begin + line.len()).trim(text);
        begin += line.len();
        if !span.is_empty() {
            spans.push(span);
        }
    }
    spans
}

/// A position in a flat array.
fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}
