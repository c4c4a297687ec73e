//! What a thread remembers of the words it met last.

use std::cell::RefCell;

use super::key::Key;
use crate::text::{Class, Language, lexicon::Lexicon, stem};

/// How many places for words a thread has, two words in each.
const PLACES: usize = 1 << 13;

/// What there is to know of a word.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known {
    /// What the word lists say of it.
    pub(super) classes: Class,
    /// The key of its stem, which is whole; of a stop word the word itself.
    pub(super) stem: Key,
}

impl Known {
    /// Looks up a folded word, whose key is whole.
    pub(super) fn of(folded: &str, key: Key, lexicon: &Lexicon, language: Language) -> Self {
        let classes = lexicon.classes_of_key(folded, key, language);
        if classes.any(Class::STOP) {
            return Self { classes, stem: key };
        }
        let stem = Key::of(stem::of(folded, language).as_bytes());
        Self { classes, stem: if stem.is_whole() { stem } else { key } }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Remembered {
    word: Key,
    language: Language,
    known: Known,
}

thread_local! {
    /// Looking up and stemming costs more than all else that is done with a word, and most words of one article stand in
    /// the next. A word has one place, and shares it with the word that came there before: hardly anything to search, and
    /// no text can make it slow or large. Answers are the same with and without it.
    static REMEMBERED: RefCell<Vec<[Remembered; 2]>> = const { RefCell::new(Vec::new()) };
}

/// What is known of the word with that whole key; where the thread remembers nothing, it is looked up.
pub(super) fn recall(word: Key, language: Language, look_up: impl FnOnce() -> Known) -> Known {
    REMEMBERED.with_borrow_mut(|remembered| {
        if remembered.is_empty() {
            remembered.resize(PLACES, <[Remembered; 2]>::default());
        }
        let place = &mut remembered[usize::try_from(word.hash() % PLACES as u64).unwrap_or_default()];
        if let Some(found) = place.iter().find(|found| found.word == word && found.language == language) {
            return found.known;
        }
        let known = look_up();
        *place = [Remembered { word, language, known }, place[0]];
        known
    })
}
