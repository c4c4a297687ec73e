//! What the word lists under `data/` say of a word.

use std::{
    ops::{BitOr, BitOrAssign},
    sync::OnceLock,
};

use super::{Language, vocabulary::key::Key};

/// A set of word classes: which lists a word is on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Class(u64);

impl Class {
    /// On no list.
    pub const NONE: Class = Class(0);
    /// Too common to say what a text is about.
    pub const STOP: Class = Class(1);
    /// Points back to the sentence before when it opens one.
    pub const POINTS_BACK: Class = Class(1 << 1);

    /// Whether the word is on any of these lists.
    #[must_use]
    pub const fn any(self, classes: Class) -> bool {
        self.0 & classes.0 != 0
    }
}

impl BitOr for Class {
    type Output = Class;

    fn bitor(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

impl BitOrAssign for Class {
    fn bitor_assign(&mut self, other: Class) {
        self.0 |= other.0;
    }
}

/// The word lists: of which language, what class, and the list. A list that has no language holds for all; a text whose
/// language has no rules, or is unknown, is read by the English ones too, but for the stop words.
const LISTS: &[(Option<Language>, Class, &str)] = &[
    (Some(Language::Danish), Class::STOP, include_str!("../../data/stop_words/da.txt")),
    (Some(Language::Dutch), Class::STOP, include_str!("../../data/stop_words/nl.txt")),
    (Some(Language::English), Class::STOP, include_str!("../../data/stop_words/en.txt")),
    (Some(Language::Finnish), Class::STOP, include_str!("../../data/stop_words/fi.txt")),
    (Some(Language::French), Class::STOP, include_str!("../../data/stop_words/fr.txt")),
    (Some(Language::German), Class::STOP, include_str!("../../data/stop_words/de.txt")),
    (Some(Language::Italian), Class::STOP, include_str!("../../data/stop_words/it.txt")),
    (Some(Language::Norwegian), Class::STOP, include_str!("../../data/stop_words/no.txt")),
    (Some(Language::Portuguese), Class::STOP, include_str!("../../data/stop_words/pt.txt")),
    (Some(Language::Russian), Class::STOP, include_str!("../../data/stop_words/ru.txt")),
    (Some(Language::Spanish), Class::STOP, include_str!("../../data/stop_words/es.txt")),
    (Some(Language::Swedish), Class::STOP, include_str!("../../data/stop_words/sv.txt")),
    (Some(Language::English), Class::POINTS_BACK, include_str!("../../data/points_back.txt")),
];

/// The entries of a word list, without its comments.
pub fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|entry| !entry.is_empty())
}

/// The word lists of one language, as a table.
#[derive(Debug)]
pub struct Lexicon {
    /// An open-addressing table, at most a quarter full: a free place ends a search.
    slots: Vec<Option<(Key, Class)>>,
}

static LEXICONS: [OnceLock<Lexicon>; Language::COUNT] = [const { OnceLock::new() }; Language::COUNT];

impl Lexicon {
    /// That of `language`, built when it is first asked for.
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        LEXICONS[language as usize].get_or_init(|| Self::build(language))
    }

    fn build(language: Language) -> Self {
        let mut classes: Vec<(&str, Class)> = LISTS
            .iter()
            .filter_map(|&(of, class, list)| {
                let holds = of.is_none_or(|of| of == language)
                    || language == Language::Other && of == Some(Language::English) && class != Class::STOP;
                holds.then(|| entries(list).map(move |word| (word, class)))
            })
            .flatten()
            .collect();
        classes.sort_unstable_by_key(|&(word, _)| word);
        let mut slots = vec![None; (classes.len() * 4 + 1).next_power_of_two()];
        for same in classes.chunk_by(|a, b| a.0 == b.0) {
            let key = Key::of(same[0].0.as_bytes());
            let class = same.iter().fold(Class::NONE, |all, &(_, class)| all | class);
            let mut at = place(key, slots.len());
            while slots[at].is_some() {
                at = (at + 1) % slots.len();
            }
            slots[at] = Some((key, class));
        }
        Self { slots }
    }

    /// The classes of a folded word.
    #[must_use]
    pub fn classes(&self, folded: &str) -> Class {
        self.find(Key::of(folded.as_bytes()))
    }

    /// The classes of the word with that key. A long word is known by its digest alone: a list of a few thousand words
    /// meets another word's by chance less than once in a billion billion.
    pub(super) fn find(&self, key: Key) -> Class {
        let mut at = place(key, self.slots.len());
        while let Some((other, class)) = self.slots[at] {
            if other == key {
                return class;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
        Class::NONE
    }
}

fn place(key: Key, slots: usize) -> usize {
    usize::try_from(key.hash() % slots as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_listed_words() {
        let check = |language, word, stops| {
            assert_eq!(Lexicon::of(language).classes(word).any(Class::STOP), stops, "{language:?} {word}");
        };
        check(Language::English, "the", true);
        check(Language::English, "The", false);
        check(Language::German, "und", true);
        check(Language::German, "the", false);
        check(Language::Other, "the", false);
        for word in ["state", "said", "million", "people", "new", "us"] {
            check(Language::English, word, false);
        }
        assert!(Lexicon::of(Language::Other).classes("however").any(Class::POINTS_BACK));
    }

    #[test]
    fn lists_hold_folded_words_once() {
        for (language, _, list) in LISTS {
            let mut seen = std::collections::BTreeSet::new();
            for word in entries(list) {
                assert_eq!(word.to_lowercase(), word, "{language:?}");
                assert!(seen.insert(word), "{language:?} {word} twice");
            }
        }
    }
}
