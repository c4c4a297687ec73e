//! Stems: what the forms of a word share.

use std::cell::RefCell;

use frostem::{Algorithm, Stemmer};

use super::{Language, vocabulary::key::Key};

/// A word's stem.
pub(super) enum Stem<'a> {
    /// Short enough to be its key.
    Whole(Key),
    /// Too long for that.
    Long(&'a str),
}

/// Words shorter than this are stems already, and longer ones are not words, in bytes.
const WORD_BYTES: std::ops::RangeInclusive<usize> = 3..=64;

/// How many stems a thread remembers: two for each place.
const PLACES: usize = 1 << 13;

thread_local! {
    /// The stems of short words that this thread met last. Stemming costs more than all else that is done with a word,
    /// and most words of one article stand in the next. A word has one place, and shares it with the word that came there
    /// before: hardly anything to search, and no text can make it slow or large. Answers are the same with and without it.
    static STEMS: RefCell<Vec<[Remembered; 2]>> = const { RefCell::new(Vec::new()) };
}

#[derive(Clone, Copy, Default)]
struct Remembered {
    word: Key,
    language: Language,
    stem: Key,
}

/// Hands the stem of a folded word in `language` to `then`: the word itself in a language without stemming rules, and
/// for what is no plain word. `key` is the word's.
pub(super) fn with_stem<T>(folded: &str, key: Key, language: Language, then: impl FnOnce(Stem) -> T) -> T {
    let unchanged = || if key.is_whole() { Stem::Whole(key) } else { Stem::Long(folded) };
    let Some(algorithm) = algorithm(language) else { return then(unchanged()) };
    if !WORD_BYTES.contains(&folded.len()) {
        return then(unchanged());
    }
    if !key.is_whole() {
        let stem = if is_plain(folded) { Stemmer::new(algorithm).stem(folded) } else { folded.into() };
        let key = Key::of(stem.as_bytes());
        return then(if key.is_whole() { Stem::Whole(key) } else { Stem::Long(&stem) });
    }
    let stem = STEMS.with_borrow_mut(|stems| {
        stems.resize(PLACES, <[Remembered; 2]>::default());
        let place = &mut stems[usize::try_from(key.hash() % PLACES as u64).unwrap_or_default()];
        if let Some(known) = place.iter().find(|known| known.word == key && known.language == language) {
            return known.stem;
        }
        let stem = if is_plain(folded) { Key::of(Stemmer::new(algorithm).stem(folded).as_bytes()) } else { key };
        let stem = if stem.is_whole() { stem } else { key };
        *place = [Remembered { word: key, language, stem }, place[0]];
        stem
    });
    then(Stem::Whole(stem))
}

/// Letters and apostrophes alone: what has a stem.
fn is_plain(folded: &str) -> bool {
    folded.chars().all(|c| c.is_alphabetic() || c == '\'')
}

fn algorithm(language: Language) -> Option<Algorithm> {
    Some(match language {
        Language::Danish => Algorithm::Danish,
        Language::Dutch => Algorithm::Dutch,
        Language::English => Algorithm::English,
        Language::Finnish => Algorithm::Finnish,
        Language::French => Algorithm::French,
        Language::German => Algorithm::German,
        Language::Italian => Algorithm::Italian,
        Language::Norwegian => Algorithm::Norwegian,
        Language::Portuguese => Algorithm::Portuguese,
        Language::Russian => Algorithm::Russian,
        Language::Spanish => Algorithm::Spanish,
        Language::Swedish => Algorithm::Swedish,
        Language::Chinese | Language::Japanese | Language::Thai | Language::Other => return None,
    })
}
