//! What a sentence is about: its terms, counted.

use std::ops::Range;

use crate::{
    cancel::{Cancel, Cancelled},
    document::{Document, Role, Sentence, Title},
    text::{Class, Language, Span, Vocabulary, token, token::Shape, vocabulary::TermId},
};

use super::elementary::ln;

/// A term of a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Its place in [`Terms::statistics`].
    pub term: u32,
    /// How often the sentence has it.
    pub count: f32,
}

/// A term of the document: a stem that is no stop word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// In how many sentences it stands.
    pub sentence_count: u32,
    /// How often it stands in the document.
    pub occurrence_count: u32,
    /// The first sentence that has it.
    pub first: u32,
    /// The last sentence that has it.
    pub last: u32,
    /// How often it is capitalised where no sentence begins, less how often it is not capitalised.
    capitals: i32,
    /// Where it stands in [`Terms::entries`] for the last sentence that has it.
    entry: u32,
    /// How common it is in news: see [`Class::commonness`].
    pub commonness: u8,
    /// It is a number.
    pub is_numeric: bool,
}

impl Statistics {
    /// Whether it is a name: mostly capitalised, also within sentences.
    #[must_use]
    pub fn is_name(self) -> bool {
        self.capitals > 0
    }
}

/// The terms of a document's body, by sentence. Sentences are counted over those of [`Role::Body`].
#[derive(Debug)]
pub struct Terms {
    /// The terms of all sentences, one sentence after the other, each once a sentence.
    entries: Vec<Entry>,
    /// Where each sentence's terms begin, and where the last one's end.
    begins: Vec<u32>,
    /// Where each sentence stands in the document.
    pub sentences: Vec<BodySentence>,
    /// The distinct terms, in the order in which they first occur.
    pub statistics: Vec<Statistics>,
    /// Those that the title has too, each once.
    pub title: Vec<u32>,
    /// The number of each of the vocabulary's terms here, from 1; 0 for those that are not here.
    numbers: Vec<u32>,
    /// Whether the commonness of words is known: the text is English.
    pub is_english: bool,
    /// Whether capitals tell names from other words: not where every noun has one, as in German.
    pub capitals_tell_names: bool,
}

/// A sentence that may be chosen.
#[derive(Clone, Copy, Debug, Default)]
pub struct BodySentence {
    /// Its place in [`Document::sentences`].
    pub sentence: u32,
    /// Its place among the body's sentences, repeats too.
    pub body_index: u32,
    /// How many words it has, stop words too.
    pub word_count: u32,
    /// How many of them are in the first or second person.
    pub addressing_count: u32,
    /// How many quotation marks it has.
    pub mark_count: u32,
    /// How many of its words hold a digit.
    pub number_count: u32,
    /// How many of its words are capitalised, the first left out.
    pub capital_count: u32,
    /// Why it should not be chosen without the one before it.
    pub points_back: Option<PointsBack>,
    /// The sentence after it begins inside a quotation that is still open where this one ends.
    pub runs_on: bool,
    /// It reads like a sentence, not like a heading, a caption or a dateline.
    pub is_whole: bool,
}

/// How a sentence points back to the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointsBack {
    /// It opens with a word such as "he" or "but".
    ByWord,
    /// It begins inside a quotation that an earlier sentence opened.
    InQuotation,
}

impl PointsBack {
    fn of(sentence: &Sentence) -> Option<Self> {
        if sentence.opens_in_quotation { Some(Self::InQuotation) } else { sentence.points_back.then_some(Self::ByWord) }
    }
}

impl Terms {
    /// Counts the terms of `document`.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn count(document: &Document, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let mut terms = Self {
            entries: Vec::with_capacity(document.tokens.len() / 2),
            begins: Vec::with_capacity(document.sentences.len() + 1),
            sentences: Vec::with_capacity(document.sentences.len()),
            statistics: Vec::with_capacity(document.vocabulary.term_count()),
            title: Vec::new(),
            numbers: vec![0; document.vocabulary.term_count()],
            is_english: document.language == Language::English,
            capitals_tell_names: document.language != Language::German,
        };
        terms.begins.push(0);
        let mut glyphs = glyphs(document).into_iter().peekable();
        let mut body_index = 0;
        for (sentence, index) in document.sentences.iter().zip(0u32..) {
            if index % 1024 == 0 {
                cancel.check()?;
            }
            match sentence.role {
                Role::Body => {
                    if sentence.opens_in_quotation
                        && let Some(before) = terms.sentences.last_mut()
                    {
                        before.runs_on = before.body_index + 1 == body_index;
                    }
                    while glyphs.next_if(|&glyph| glyph < sentence.span.begin).is_some() {}
                    let marks = std::iter::from_fn(|| glyphs.next_if(|&glyph| glyph < sentence.span.end));
                    let read = BodySentence {
                        sentence: index,
                        body_index,
                        points_back: PointsBack::of(sentence).filter(|_| body_index > 0),
                        mark_count: to_u32(marks.count()),
                        ..BodySentence::default()
                    };
                    terms.read(document, sentence, read);
                }
                Role::Repeat => {}
                Role::Title | Role::Boilerplate => continue,
            }
            body_index += 1;
        }
        terms.read_title(document);
        Ok(terms)
    }

    /// Notes which terms the title has: a line of the text, or what was given.
    fn read_title(&mut self, document: &Document) {
        let mut title: Vec<u32> = match &document.title {
            Title::None => return,
            Title::Found(_) => document
                .sentences
                .iter()
                .filter(|sentence| sentence.role == Role::Title)
                .flat_map(|sentence| document.tokens_of(sentence))
                .filter_map(|token| self.number(document.vocabulary.word(token.word).term))
                .map(to_u32)
                .collect(),
            Title::Given(title) => {
                let mut vocabulary = Vocabulary::new(document.language);
                let mut tokens = Vec::new();
                token::tokenize(title, Span::new(0, title.len()), &mut vocabulary, &mut tokens);
                let terms = tokens.iter().map(|token| vocabulary.stem(vocabulary.word(token.word).term));
                terms.filter_map(|stem| self.number(document.vocabulary.find_term(stem)?)).map(to_u32).collect()
            }
        };
        title.sort_unstable();
        title.dedup();
        self.title = title;
    }

    fn read(&mut self, document: &Document, sentence: &Sentence, mut read: BodySentence) {
        let own = to_u32(self.sentences.len());
        let (mut words, mut numbers, mut capitals, mut addressing) = (0, 0, 0, 0);
        for token in document.tokens_of(sentence) {
            if !token.shape.is(Shape::WORD) {
                continue;
            }
            let word = document.vocabulary.word(token.word);
            let is_first = words == 0;
            let is_capitalised = token.shape.is(Shape::CAPITALISED);
            words += 1;
            numbers += u32::from(token.shape.is(Shape::NUMERIC));
            capitals += u32::from(is_capitalised && !is_first);
            if word.classes.any(Class::STOP) {
                addressing += u32::from(word.classes.any(Class::ADDRESSING));
                continue;
            }
            let number = &mut self.numbers[word.term as usize];
            if *number == 0 {
                self.statistics.push(Statistics {
                    first: own,
                    commonness: word.classes.commonness(),
                    is_numeric: token.shape.is(Shape::NUMERIC),
                    ..Statistics::default()
                });
                *number = to_u32(self.statistics.len());
            }
            let term = *number - 1;
            let statistics = &mut self.statistics[term as usize];
            statistics.occurrence_count += 1;
            statistics.capitals += if is_capitalised { i32::from(!is_first) } else { -1 };
            if statistics.sentence_count > 0 && statistics.last == own {
                self.entries[statistics.entry as usize].count += 1.0;
                continue;
            }
            statistics.sentence_count += 1;
            statistics.last = own;
            statistics.entry = to_u32(self.entries.len());
            statistics.commonness = statistics.commonness.max(word.classes.commonness());
            self.entries.push(Entry { term, count: 1.0 });
        }
        read.word_count = words;
        read.number_count = numbers;
        read.capital_count = capitals;
        read.addressing_count = addressing;
        read.is_whole = is_whole(document, sentence, words);
        self.begins.push(to_u32(self.entries.len()));
        self.sentences.push(read);
    }

    /// The terms of a sentence, each once.
    #[must_use]
    pub fn of(&self, sentence: usize) -> &[Entry] {
        &self.entries[self.range(sentence)]
    }

    /// Where the terms of a sentence stand in [`Terms::entries`].
    #[must_use]
    pub fn range(&self, sentence: usize) -> Range<usize> {
        self.begins[sentence] as usize..self.begins[sentence + 1] as usize
    }

    /// The terms of all sentences.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The number of a term of the document's vocabulary, if the body has it and it is no stop word.
    #[must_use]
    pub fn number(&self, term: TermId) -> Option<usize> {
        (self.numbers.get(term as usize).copied().unwrap_or_default() as usize).checked_sub(1)
    }

    /// How rare each term is, by the document alone: ln((*n* + 1) / (*df* + ½)).
    #[must_use]
    pub fn rarity_here(&self) -> Vec<f32> {
        let n = ln(to_f32(self.sentences.len()) + 1.0);
        self.statistics.iter().map(|term| (n - ln(to_f32(term.sentence_count as usize) + 0.5)).max(0.05)).collect()
    }

    /// How rare each term is: by its commonness in news where that is known, else by the document alone.
    #[must_use]
    pub fn rarity(&self) -> Vec<f32> {
        if !self.is_english {
            return self.rarity_here();
        }
        self.statistics.iter().map(|term| rarity(term.commonness)).collect()
    }
}

/// The inverse document frequency of words of that commonness, as a natural logarithm.
fn rarity(commonness: u8) -> f32 {
    6.0 - f32::from(commonness) * 0.4
}

/// Where quotation marks stand that have found their place in a pair, in order.
fn glyphs(document: &Document) -> Vec<u32> {
    let spans = document.marks.iter().flat_map(|mark| [mark.open, mark.close]);
    let mut glyphs = Vec::with_capacity(2 * document.marks.len());
    glyphs.extend(spans.filter(|glyph| !glyph.is_empty()).map(|glyph| glyph.begin));
    glyphs.sort_unstable();
    glyphs
}

/// Whether it reads like a sentence: it ends as one, or is long enough to be one whose full stop was lost.
fn is_whole(document: &Document, sentence: &Sentence, word_count: u32) -> bool {
    let ends = sentence
        .span
        .of(&document.text)
        .trim_end_matches(['"', '”', '’', '\'', ')', ']', '»', '“', ' '])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '」', '』']);
    word_count >= if ends { 4 } else { 12 }
}

/// A count as a number to reckon with. Counts stay far below 2²⁴, where each still has its own.
#[expect(clippy::cast_precision_loss, reason = "see above")]
pub(super) fn to_f32(count: usize) -> f32 {
    count as f32
}

/// A place in a flat array.
pub(super) fn to_u32(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}
