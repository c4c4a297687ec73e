//! Entities by a word of their names.

use crate::{quote::words::Words, text::vocabulary::WordId};

/// How many of one name are told apart.
const MAX_NAMESAKES: usize = 8;

/// Entities by a word of their names: flat, for a document names many.
#[derive(Debug)]
pub(super) struct Namesakes {
    /// The place in `entries`, plus one, of the last entity that has each word; 0 for none.
    newest: Vec<u32>,
    /// Entities, and for each the place of the one before it that has the same word, plus one; 0 for none.
    entries: Vec<(usize, u32)>,
}

impl Namesakes {
    /// Of the names in a document, none yet.
    pub(super) fn new(words: &Words) -> Self {
        Self { newest: vec![0; words.document.vocabulary.word_count()], entries: Vec::new() }
    }

    /// Notes that an entity has the word.
    pub(super) fn push(&mut self, word: WordId, entity: usize) {
        let newest = &mut self.newest[word as usize];
        self.entries.push((entity, *newest));
        *newest = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
    }

    /// The last entities that have the word, the newest first.
    pub(super) fn of(&self, word: WordId) -> impl Iterator<Item = usize> + Clone {
        let entry = |place: u32| Some(self.entries[(place as usize).checked_sub(1)?]);
        let back = std::iter::successors(entry(self.newest[word as usize]), move |&(_, before)| entry(before));
        back.map(|(entity, _)| entity).take(MAX_NAMESAKES)
    }
}
