//! The distinct words of a document.

mod interner;
pub(crate) mod key;
mod memory;

use std::ops::RangeInclusive;

use interner::{Interner, narrow};
use key::Key;
use unicode_normalization::UnicodeNormalization;

use super::{
    Language,
    lexicon::{Class, Lexicon},
    stem,
};

/// In how many bytes of a short text there is one word that it does not have elsewhere, or a few bytes more.
const BYTES_A_WORD: usize = 10;
/// For how many words room is made at first.
const MOST_RESERVED: usize = 1024;

/// The accents of Latin, Greek and Cyrillic letters: Unicode's block "Combining Diacritical Marks".
const ACCENTS: RangeInclusive<char> = '\u{300}'..='\u{36f}';

/// A word's place in the [`Vocabulary`].
pub type WordId = u32;

/// A term's number: words with one stem share it.
pub type TermId = u32;

/// The distinct words of a document, folded: in lower case, with straight apostrophes, without soft hyphens.
///
/// Each is looked up in the word lists and stemmed once, when it is first seen, and is a number from then on. Reading
/// any text costs time linear in its length but for a logarithm, whatever its words: a lookup visits at most sixteen slots and an ordered map.
#[derive(Debug)]
pub struct Vocabulary {
    language: Language,
    lexicon: &'static Lexicon,
    /// The words and their stems.
    strings: Interner,
    words: Vec<Word>,
    /// The stem of each term, among the strings.
    stems: Vec<u32>,
    folding: String,
}

/// A distinct word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// What the word lists say of it.
    pub classes: Class,
    /// Its term.
    pub term: TermId,
    /// How it is written, folded: one of the vocabulary's strings.
    string: u32,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new(Language::default())
    }
}

impl Vocabulary {
    /// An empty one, for text in `language`: its word lists and its stems.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            lexicon: Lexicon::of(language),
            strings: Interner::default(),
            words: Vec::new(),
            stems: Vec::new(),
            folding: String::new(),
        }
    }

    /// Makes room for the words of a text of so many bytes, or of a part of it: most have fewer.
    pub(crate) fn reserve(&mut self, text_bytes: usize) {
        let words = (text_bytes / BYTES_A_WORD).min(MOST_RESERVED);
        self.words.reserve(words);
        self.stems.reserve(words);
    }

    /// The language whose words these are.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// The id of `word`, a new one when it was not seen before.
    pub fn intern(&mut self, word: &str) -> WordId {
        let mut folded = std::mem::take(&mut self.folding);
        fold(word, &mut folded);
        let key = Key::of(folded.as_bytes());
        let id = if key.is_whole() {
            self.intern_whole(key)
        } else {
            let string = self.strings.intern(&folded);
            self.strings.word(string).unwrap_or_else(|| self.describe_long(string, &folded, key))
        };
        self.folding = folded;
        id
    }

    /// The id of the ASCII word of `len` bytes at `begin` of `text`.
    #[inline]
    pub(super) fn intern_ascii(&mut self, text: &str, begin: usize, len: usize) -> WordId {
        match Key::of_short_ascii(text.as_bytes(), begin, len) {
            Some(key) => self.intern_whole(key),
            None => self.intern(&text[begin..begin + len]),
        }
    }

    /// The id of the folded word that is its key.
    #[inline]
    pub(super) fn intern_whole(&mut self, key: Key) -> WordId {
        let hash = key.hash();
        match self.strings.glance(key, hash) {
            Some(id) => id,
            None => self.look_for_whole(key, hash),
        }
    }

    #[inline(never)]
    fn look_for_whole(&mut self, key: Key, hash: u64) -> WordId {
        let string = self.strings.intern_whole(key, hash);
        if let Some(id) = self.strings.word(string) {
            return id;
        }
        let look_up = || memory::Known::of(&interner::spelled(key), key, self.lexicon, self.language);
        let known = memory::recall(key, hash, self.language, look_up);
        let stem = if known.stem == key { string } else { self.strings.intern_whole(known.stem, known.stem.hash()) };
        self.describe(string, known.classes, stem)
    }

    /// Looks up a new word that its key does not hold.
    fn describe_long(&mut self, string: u32, folded: &str, key: Key) -> WordId {
        let classes = self.lexicon.classes_of_key(folded, key, self.language);
        let stem =
            if classes.any(Class::STOP) { string } else { self.strings.intern(&stem::of(folded, self.language)) };
        self.describe(string, classes, stem)
    }

    /// Notes a new word, and its term by its stem.
    #[inline]
    fn describe(&mut self, string: u32, classes: Class, stem: u32) -> WordId {
        let next = narrow(self.stems.len());
        let term = self.strings.term_or(stem, next);
        if term == next {
            self.stems.push(stem);
        }
        let id = narrow(self.words.len());
        self.strings.set_word(string, id);
        self.words.push(Word { classes, term, string });
        id
    }

    /// The word with that id.
    #[inline]
    #[must_use]
    pub fn word(&self, id: WordId) -> Word {
        self.words[id as usize]
    }

    /// How the word with that id is written, folded.
    #[must_use]
    pub fn folded(&self, id: WordId) -> &str {
        self.strings.get(self.words[id as usize].string)
    }

    /// How many distinct words there are: every [`WordId`] is below.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.words.len()
    }

    /// How many terms there are: every [`TermId`] is below.
    #[must_use]
    pub fn term_count(&self) -> usize {
        self.stems.len()
    }

    /// The stem that the words of a term share.
    #[must_use]
    pub fn stem(&self, term: TermId) -> &str {
        self.strings.get(self.stems[term as usize])
    }

    /// The stem of a word as those write it who leave out its accents, or write them as characters of their own.
    #[must_use]
    pub fn plain_stem(&self, id: WordId) -> String {
        let folded = self.folded(id);
        let plain: String = folded.nfd().filter(|c| !ACCENTS.contains(c)).collect();
        stem::of(&plain, self.language).into_owned()
    }

    /// The id of a word, if the document has it.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<WordId> {
        let mut folded = String::new();
        fold(word, &mut folded);
        self.strings.word(self.strings.find(&folded)?)
    }

    /// The term with that stem, if the document has it.
    #[must_use]
    pub fn find_term(&self, stem: &str) -> Option<TermId> {
        self.strings.term(self.strings.find(stem)?)
    }
}

/// Writes a word in lower case, with straight apostrophes and without soft hyphens.
fn fold(word: &str, folded: &mut String) {
    folded.clear();
    for c in word.chars() {
        match c {
            '\u{ad}' => {}
            '’' => folded.push('\''),
            _ if c.is_ascii() => folded.push(c.to_ascii_lowercase()),
            _ => folded.extend(c.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_one_stem_share_a_term() {
        let check = |language: Language, one: &str, other: &str, shared: bool| {
            let mut vocabulary = Vocabulary::new(language);
            let [one_id, other_id] = [one, other].map(|word| vocabulary.intern(word));
            let [a, b] = [one_id, other_id].map(|id| vocabulary.word(id).term);
            assert_eq!(a == b, shared, "{one} {other}: {} {}", vocabulary.stem(a), vocabulary.stem(b));
        };
        check(Language::English, "warned", "Warning", true);
        check(Language::English, "international", "intern", false);
        check(Language::English, "ministers", "MINISTER", true);
        check(Language::English, "news", "new", false);
        check(Language::English, "1990s", "1990", false);
        check(Language::German, "Häuser", "Haus", true);
        check(Language::German, "Minister", "ministers", true);
        check(Language::French, "généraux", "général", true);
        check(Language::Russian, "министра", "министр", true);
        check(Language::Other, "warned", "warning", false);
    }

    #[test]
    fn folds_before_it_tells_words_apart() {
        let mut vocabulary = Vocabulary::new(Language::English);
        let first = vocabulary.intern("don’t");
        for (word, is_same) in [("Don't", true), ("DON’T", true), ("do\u{ad}n't", true), ("dont", false)] {
            assert_eq!(vocabulary.intern(word) == first, is_same, "{word}");
        }
        assert_eq!(vocabulary.folded(first), "don't");
        assert_eq!(vocabulary.find("DON'T"), Some(first));
        assert_eq!(vocabulary.find("do"), None);
        let text = "Don't";
        assert_eq!(vocabulary.intern_ascii(text, 0, text.len()), first);
    }

    #[test]
    fn finds_the_terms_of_a_query() {
        let mut vocabulary = Vocabulary::new(Language::English);
        let warned = vocabulary.intern("warned");
        let mut query = Vocabulary::new(Language::English);
        let (warnings, russia) = (query.intern("warnings"), query.intern("Russia"));
        assert_eq!(vocabulary.find_term(query.stem(query.word(warnings).term)), Some(vocabulary.word(warned).term));
        assert_eq!(vocabulary.find_term(query.stem(query.word(russia).term)), None);
    }
}
