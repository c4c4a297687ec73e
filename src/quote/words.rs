//! A document's tokens as the quotes' rules see them: what each is, beside what it says.

use std::{cell::Cell, ops::Range};

use crate::{
    cancel::{Cancel, Cancelled},
    document::{Document, Role, Sentence},
    text::{Class, Span, Token, token::Shape},
};

/// The tokens with their classes and fingerprints, each looked up once at most.
pub struct Words<'d, 't> {
    /// What they stand in.
    pub document: &'d Document<'t>,
    /// Its text.
    article: &'d str,
    /// The word lists each is on.
    pub classes: Vec<Class>,
    /// The sentence each stands in.
    pub sentence_of: Vec<u32>,
    /// A fingerprint of each word of the vocabulary, once it was asked for: few are.
    prints: Vec<Cell<Option<u32>>>,
    /// Whether each word of the vocabulary stands anywhere in lower case.
    lower: Vec<bool>,
    /// Whether each sentence is written as a headline is.
    headlines: Vec<bool>,
}

impl std::fmt::Debug for Words<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words").field("tokens", &self.classes.len()).finish_non_exhaustive()
    }
}

impl<'d, 't> Words<'d, 't> {
    /// Looks up every token of `document`.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn of(document: &'d Document<'t>, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let vocabulary = &document.vocabulary;
        let prints = vec![Cell::new(None); vocabulary.word_count()];
        let mut lower = vec![false; prints.len()];
        for token in &document.tokens {
            lower[token.word as usize] |= !token.shape.is(Shape::CAPITALISED);
        }
        cancel.check()?;
        let classes = document.tokens.iter().map(|token| vocabulary.word(token.word).classes).collect();
        cancel.check()?;
        let mut sentence_of = vec![0; document.tokens.len()];
        let mut headlines = Vec::with_capacity(document.sentences.len());
        for (at, sentence) in (0..).zip(&document.sentences) {
            cancel.check()?;
            sentence_of[range(&sentence.tokens)].fill(at);
            headlines.push(is_headline(document, sentence));
        }
        Ok(Self { document, article: &document.text, classes, prints, sentence_of, lower, headlines })
    }

    /// Whether the token stands in the headline, or in a sentence all of whose longer words are capitalised.
    #[must_use]
    pub fn is_headline(&self, at: usize) -> bool {
        self.headlines[self.sentence_of[at] as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
    }

    /// The token at `at`.
    #[must_use]
    pub fn token(&self, at: usize) -> Token {
        self.document.tokens[at]
    }

    /// A fingerprint of how the token is written, case aside: the same in every document.
    #[must_use]
    pub fn print(&self, at: usize) -> u32 {
        let word = self.token(at).word;
        let print = &self.prints[word as usize];
        print.get().unwrap_or_else(|| {
            let told = fingerprint(self.document.vocabulary.folded(word));
            print.set(Some(told));
            told
        })
    }

    /// How it is written.
    #[must_use]
    pub fn text(&self, at: usize) -> &str {
        self.token(at).span.of(self.article)
    }

    /// Whether the token has all of `shape`.
    #[must_use]
    pub fn is(&self, at: usize, shape: Shape) -> bool {
        self.token(at).shape.is(shape)
    }

    /// Whether the token is on any of these lists.
    #[must_use]
    pub fn on(&self, at: usize, classes: Class) -> bool {
        self.classes[at].any(classes)
    }

    /// Whether the token's word also stands in lower case somewhere in the document.
    #[must_use]
    pub fn is_written_low(&self, at: usize) -> bool {
        self.lower[self.token(at).word as usize]
    }

    /// The first byte of the token.
    #[must_use]
    pub fn byte(&self, at: usize) -> u8 {
        self.article.as_bytes()[self.token(at).span.begin as usize]
    }

    /// The sentence that the token stands in.
    #[must_use]
    pub fn sentence(&self, at: usize) -> &Sentence {
        &self.document.sentences[self.sentence_of[at] as usize]
    }

    /// The tokens of the sentence that the token stands in.
    #[must_use]
    pub fn sentence_tokens(&self, at: usize) -> Range<usize> {
        range(&self.sentence(at).tokens)
    }

    /// The paragraph that the token's sentence begins in.
    #[must_use]
    pub fn paragraph(&self, at: usize) -> usize {
        self.sentence(at).paragraph as usize
    }

    /// The tokens of a paragraph; none where it holds no sentence.
    #[must_use]
    pub fn paragraph_tokens(&self, paragraph: usize) -> Range<usize> {
        let sentences = &self.document.sentences[range(&self.document.paragraphs[paragraph].sentences)];
        let (Some(first), Some(last)) = (sentences.first(), sentences.last()) else { return 0..0 };
        range(&first.tokens).start..range(&last.tokens).end
    }

    /// What the tokens, at least one, cover of the text.
    #[must_use]
    pub fn span(&self, tokens: &Range<usize>) -> Span {
        Span { begin: self.token(tokens.start).span.begin, end: self.token(tokens.end - 1).span.end }
    }

    /// Whether the token makes the word before it possessive.
    #[must_use]
    pub fn is_possessive(&self, at: usize) -> bool {
        matches!(self.text(at), "'s" | "’s" | "’" | "'")
    }

    /// The first token that begins at or after `byte`.
    #[must_use]
    pub fn at_byte(&self, byte: u32) -> usize {
        self.document.tokens.partition_point(|token| token.span.begin < byte)
    }

    /// Whether a sentence is the article's own.
    #[must_use]
    pub fn is_read(sentence: &Sentence) -> bool {
        sentence.role != Role::Boilerplate
    }
}

fn is_headline(document: &Document, sentence: &Sentence) -> bool {
    if sentence.role == Role::Title {
        return true;
    }
    let longer = |token: &&Token| token.shape.is(Shape::WORD) && token.span.len_bytes() >= MIN_LONG_BYTES;
    let mut longer = document.tokens[range(&sentence.tokens)].iter().filter(longer);
    let mut count = 0;
    longer.all(|token| {
        count += 1;
        token.shape.is(Shape::CAPITALISED)
    }) && count >= MIN_LONG_WORDS
}

/// The fewest bytes of a word that headlines in title case capitalise.
const MIN_LONG_BYTES: usize = 5;
/// The fewest such words by which title case is told from a sentence of names.
const MIN_LONG_WORDS: usize = 5;

/// A range of tokens as indexes.
#[must_use]
pub fn range(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}

/// FNV-1a: tells words apart well enough, the same everywhere.
fn fingerprint(word: &str) -> u32 {
    word.bytes().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
