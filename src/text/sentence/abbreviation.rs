//! What stands before a full stop, and what it may be short for.

use crate::text::{Class, Language, lexicon::Lexicon};

/// The longest word that may be an abbreviation, in bytes.
const WORD_BYTES: usize = 32;

/// What stands before a full stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// A word, and nothing to say of it.
    Word,
    /// An abbreviation that stands before a name: "Mr".
    Title,
    /// An abbreviation that stands before a number: "No".
    Number,
    /// An abbreviation that stands anywhere: "Inc", "etc", "U.S".
    Abbreviation,
    /// A time of day: "a.m".
    Time,
    /// One letter.
    Initial {
        /// The sentence begins with it: "A. The first".
        opens_sentence: bool,
    },
    /// Up to three digits.
    Numeral {
        /// The sentence begins with it: "1. The first".
        opens_sentence: bool,
    },
}

impl Before {
    /// Whether a number may follow in the same sentence.
    pub(super) fn takes_number(self) -> bool {
        !matches!(self, Self::Word | Self::Numeral { opens_sentence: false } | Self::Initial { .. })
    }
}

/// What stands before the full stop at `at`, in the sentence that begins at `begin`.
pub(super) fn before(text: &str, begin: usize, at: usize, language: Language, lexicon: &Lexicon) -> Before {
    let word = word_before(text, begin, at);
    let opens_sentence = || !text.as_bytes()[begin..at - word.len()].iter().take(16).any(u8::is_ascii_alphanumeric);
    let classes = classes(lexicon, word);
    let is_capitalised = word.starts_with(char::is_uppercase);
    if word.is_empty() || word.len() > WORD_BYTES {
        return Before::Word;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return if word.len() <= 3 { Before::Numeral { opens_sentence: opens_sentence() } } else { Before::Word };
    }
    let mut letters = word.chars();
    let is_letter = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
    if is_letter && opens_sentence() {
        return Before::Initial { opens_sentence: true };
    }
    if (is_capitalised || !language.capitalises_titles()) && classes.any(Class::TITLE_ABBREVIATION) {
        return Before::Title;
    }
    if is_letter && is_capitalised {
        return Before::Initial { opens_sentence: false };
    }
    if classes.any(Class::NUMBER_ABBREVIATION) {
        return Before::Number;
    }
    if classes.any(Class::TIME_ABBREVIATION) {
        return Before::Time;
    }
    if classes.any(Class::ABBREVIATION) || is_capitalised && classes.any(Class::NAME_ABBREVIATION) || is_acronym(word) {
        return Before::Abbreviation;
    }
    if is_letter {
        return Before::Initial { opens_sentence: false };
    }
    if is_roman(word) && opens_sentence() {
        return Before::Initial { opens_sentence: true };
    }
    Before::Word
}

/// The word that ends at `at`: letters, digits, and full stops inside it.
pub(super) fn word_before(text: &str, begin: usize, at: usize) -> &str {
    let mut from = at.saturating_sub(WORD_BYTES + 8).max(begin);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let before = &text[from..at];
    let word = before.trim_end_matches(|c: char| c.is_alphanumeric() || c == '.' || c == '°' || c == 'º');
    before[word.len()..].trim_start_matches('.')
}

/// The word that begins at `at`.
pub(super) fn word_at(text: &str, at: usize, limit: usize) -> &str {
    let rest = &text[at..limit];
    &rest[..rest
        .char_indices()
        .take(WORD_BYTES)
        .find(|(_, c)| !c.is_alphanumeric())
        .map_or_else(|| rest.char_indices().nth(WORD_BYTES).map_or(rest.len(), |(end, _)| end), |(end, _)| end)]
}

/// The classes of a word as it is written.
pub(super) fn classes(lexicon: &Lexicon, word: &str) -> Class {
    if word.len() > WORD_BYTES {
        return Class::NONE;
    }
    let mut folded = [0; WORD_BYTES];
    if word.is_ascii() {
        let folded = &mut folded[..word.len()];
        folded.copy_from_slice(word.as_bytes());
        folded.make_ascii_lowercase();
        return lexicon.classes_of(folded);
    }
    lexicon.classes(&word.to_lowercase())
}

/// Letters, each with a full stop but the last: "U.S".
fn is_acronym(word: &str) -> bool {
    word.contains('.')
        && word.split('.').all(|part| {
            let mut chars = part.chars();
            chars.next().is_some_and(char::is_alphabetic) && chars.next().is_none()
        })
}

fn is_roman(word: &str) -> bool {
    word.len() <= 6 && word.bytes().all(|byte| b"IVXLC".contains(&byte))
}
