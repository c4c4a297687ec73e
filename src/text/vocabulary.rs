//! The distinct words of a document.

use std::collections::HashMap;

use super::lexicon::{self, Class};

/// A word's place in the [`Vocabulary`].
pub type WordId = u32;

/// A term's number: words with one stem share it.
pub type TermId = u32;

/// The distinct words of a document, case folded.
#[derive(Debug, Default)]
pub struct Vocabulary {
    ids: HashMap<String, WordId>,
    words: Vec<Word>,
}

/// A distinct word.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// What the word lists say of it.
    pub classes: Class,
    /// Its term.
    pub term: TermId,
}

impl Vocabulary {
    /// The id of `word`, a new one when it was not seen before.
    pub fn intern(&mut self, word: &str) -> WordId {
        let folded = word.to_lowercase();
        if let Some(&id) = self.ids.get(&folded) {
            return id;
        }
        let id = WordId::try_from(self.words.len()).unwrap_or(WordId::MAX);
        self.words.push(Word { classes: lexicon::classes(&folded), term: id });
        self.ids.insert(folded, id);
        id
    }

    /// The word with that id.
    #[must_use]
    pub fn word(&self, id: WordId) -> Word {
        self.words[id as usize]
    }

    /// How many terms there are: every [`TermId`] is below.
    #[must_use]
    pub fn term_count(&self) -> usize {
        self.words.len()
    }
}
