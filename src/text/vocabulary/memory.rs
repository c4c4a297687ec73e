//! What a thread remembers of the words it met last.

use std::cell::RefCell;

use super::key::{INLINE_BYTES, Key};
use crate::text::{Class, Language, lexicon::Lexicon, stem};

/// How many places for words a thread has, two words in each: a megabyte.
const PLACES: usize = 1 << 14;
/// How many bytes of a stem may differ from its word's.
const ENDING_BYTES: usize = 4;

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

/// A word, and what is known of it: half a cache line.
#[derive(Clone, Copy, Debug, Default)]
struct Remembered {
    word: [u8; INLINE_BYTES],
    classes: Class,
    word_bytes: u8,
    language: Language,
    /// The stem: so many bytes of the word, then so many of `ending`.
    kept_bytes: u8,
    ending_bytes: u8,
    ending: [u8; ENDING_BYTES],
}

impl Remembered {
    /// What is known of the word with that whole key; none where its stem ends too differently.
    fn of(word: Key, language: Language, known: Known) -> Option<Self> {
        let (bytes, stem) = (word.bytes(), known.stem.bytes());
        let stem = &stem[..known.stem.len_bytes()];
        let kept = bytes[..word.len_bytes()].iter().zip(stem).take_while(|(one, other)| one == other).count();
        let rest = &stem[kept..];
        let mut ending = [0; ENDING_BYTES];
        ending.get_mut(..rest.len())?.copy_from_slice(rest);
        let [word_bytes, kept_bytes, ending_bytes] =
            [word.len_bytes(), kept, rest.len()].map(|bytes| u8::try_from(bytes).unwrap_or_default());
        Some(Self { word: bytes, classes: known.classes, word_bytes, language, kept_bytes, ending_bytes, ending })
    }

    fn is(&self, word: Key, language: Language) -> bool {
        self.word == word.bytes() && usize::from(self.word_bytes) == word.len_bytes() && self.language == language
    }

    /// What is known of the `word`, which this is.
    #[inline]
    fn known(&self, word: Key) -> Known {
        if self.kept_bytes == self.word_bytes && self.ending_bytes == 0 {
            return Known { classes: self.classes, stem: word };
        }
        let (kept, more) = (usize::from(self.kept_bytes), usize::from(self.ending_bytes));
        let mut stem = self.word;
        if more > 0 {
            stem[kept..kept + more].copy_from_slice(&self.ending[..more]);
        }
        Known { classes: self.classes, stem: Key::of_whole(&stem, kept + more) }
    }
}

/// The words of one place, together in memory.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Place([Remembered; 2]);

thread_local! {
    /// Looking up and stemming costs more than all else that is done with a word, and most words of one article stand in
    /// the next. A word has one place, and shares it with the word that came there before: hardly anything to search, and
    /// no text can make it slow or large. Answers are the same with and without it.
    static REMEMBERED: RefCell<Vec<Place>> = const { RefCell::new(Vec::new()) };
}

/// What is known of the word with that whole key and that hash; where the thread remembers nothing, it is looked up.
pub(super) fn recall(word: Key, hash: u64, language: Language, look_up: impl FnOnce() -> Known) -> Known {
    REMEMBERED.with_borrow_mut(|remembered| {
        if remembered.is_empty() {
            remembered.resize(PLACES, Place::default());
        }
        let Place(place) = &mut remembered[usize::try_from(hash % PLACES as u64).unwrap_or_default()];
        if let Some(found) = place.iter().find(|found| found.is(word, language)) {
            return found.known(word);
        }
        let known = look_up();
        if let Some(new) = Remembered::of(word, language, known) {
            *place = [new, place[0]];
        }
        known
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_what_is_known() {
        let lexicon = Lexicon::of(Language::English);
        for word in ["", "the", "ponies", "hoping", "news", "internationalise", "skies", "1990s", "ministers", "dying"]
        {
            let key = Key::of(word.as_bytes());
            let known = Known::of(word, key, lexicon, Language::English);
            for _ in 0..2 {
                let recalled = recall(key, key.hash(), Language::English, || known);
                assert_eq!((recalled.classes, recalled.stem), (known.classes, known.stem), "{word}");
            }
            let Some(remembered) = Remembered::of(key, Language::English, known) else { panic!("{word}") };
            assert!(remembered.is(key, Language::English) && !remembered.is(key, Language::German), "{word}");
            assert_eq!(remembered.known(key).stem, known.stem, "{word}");
        }
        let known = Known { classes: Class::NONE, stem: Key::of(b"wholly other") };
        assert!(Remembered::of(Key::of(b"word"), Language::English, known).is_none());
    }
}
