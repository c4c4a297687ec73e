//! What the word lists under `data/` say of a word.

pub(super) mod table;

use std::{
    ops::{BitOr, BitOrAssign},
    sync::OnceLock,
};

use super::{Language, vocabulary::key::Key};
use table::Table;

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
    /// Abbreviates, when capitalised, and stands before a name: "Mr".
    pub const TITLE_ABBREVIATION: Class = Class(1 << 2);
    /// Abbreviates, when capitalised, and may end a sentence: "Inc".
    pub const NAME_ABBREVIATION: Class = Class(1 << 3);
    /// Abbreviates, and may end a sentence: "etc".
    pub const ABBREVIATION: Class = Class(1 << 4);
    /// Abbreviates before a number, and is a word elsewhere: "no".
    pub const NUMBER_ABBREVIATION: Class = Class(1 << 5);
    /// A time of day: "p.m".
    pub const TIME_ABBREVIATION: Class = Class(1 << 6);
    /// Abbreviates.
    pub const ABBREVIATIONS: Class = Class(0b11111 << 2);
    /// Goes on after a time of day: "Monday", "Eastern".
    pub const FOLLOWS_TIME: Class = Class(1 << 7);
    /// Opens sentences and, capitalised, stands hardly anywhere else.
    pub const OPENS_SENTENCE: Class = Class(1 << 8);
    /// A name that ends in an exclamation mark: "Yahoo".
    pub const EXCLAIMS: Class = Class(1 << 9);
    /// Says that somebody said or asked something: "said".
    pub const REPORTS: Class = Class(1 << 10);
    /// Says, before a colon, whose a picture is: "Image".
    pub const CREDITS: Class = Class(1 << 11);
    /// Reports speech or thought: "said", "according", "statement".
    pub const CUE: Class = Class(1 << 12);
    /// People by what they do: "spokesman".
    pub const ROLE: Class = Class(1 << 13);
    /// A body, a medium or a document that can say something: "ministry".
    pub const BODY: Class = Class(1 << 14);
    /// Stands, capitalised, before a name: "Senator".
    pub const TITLE: Class = Class(1 << 15);
    /// Tells that a man is meant: "Mr".
    pub const MALE: Class = Class(1 << 16);
    /// Tells that a woman is meant: "Mrs".
    pub const FEMALE: Class = Class(1 << 17);
    /// The pronoun "he".
    pub const HE: Class = Class(1 << 18);
    /// The pronoun "she".
    pub const SHE: Class = Class(1 << 19);
    /// The pronouns "they" and "it".
    pub const THEY: Class = Class(1 << 20);
    /// Speaks of who speaks: "I", "we".
    pub const FIRST_PERSON: Class = Class(1 << 21);
    /// The pronoun "who".
    pub const WHO: Class = Class(1 << 22);
    /// Opens a noun phrase: "the", "his", "two".
    pub const DETERMINER: Class = Class(1 << 23);
    /// A preposition.
    pub const PREPOSITION: Class = Class(1 << 24);
    /// An auxiliary verb, or an adverb that stands by one: "has", "also".
    pub const AUXILIARY: Class = Class(1 << 25);
    /// Stands, in lower case, inside names: "van".
    pub const PARTICLE: Class = Class(1 << 26);
    /// Capitalised, but no name: "Monday".
    pub const TIME: Class = Class(1 << 27);
    /// A first name of men.
    pub const MANS_NAME: Class = Class(1 << 28);
    /// A first name of women.
    pub const WOMANS_NAME: Class = Class(1 << 29);
    /// People who speak for others: "spokesman", "lawyer".
    pub const DELEGATE: Class = Class(1 << 30);

    /// Speaks of who speaks or is spoken to: I, we, you.
    pub const ADDRESSING: Class = Class(1 << 59);

    const COMMONNESS_SHIFT: u32 = 60;

    /// How common the word is in news, from 0 (on no list: rare) to 15: *c* means that about one text in
    /// e^(6 − 0.4 *c*) has a word of its stem.
    #[must_use]
    pub const fn commonness(self) -> u8 {
        (self.0 >> Self::COMMONNESS_SHIFT) as u8
    }

    const fn common(commonness: u8) -> Class {
        Class((commonness as u64) << Self::COMMONNESS_SHIFT)
    }

    /// The classes of both.
    #[must_use]
    pub const fn or(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }

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
    (Some(Language::English), Class::ADDRESSING, include_str!("../../data/addressing.txt")),
    (Some(Language::Danish), Class::POINTS_BACK, include_str!("../../data/points_back/da.txt")),
    (Some(Language::Dutch), Class::POINTS_BACK, include_str!("../../data/points_back/nl.txt")),
    (Some(Language::English), Class::POINTS_BACK, include_str!("../../data/points_back/en.txt")),
    (Some(Language::Finnish), Class::POINTS_BACK, include_str!("../../data/points_back/fi.txt")),
    (Some(Language::French), Class::POINTS_BACK, include_str!("../../data/points_back/fr.txt")),
    (Some(Language::German), Class::POINTS_BACK, include_str!("../../data/points_back/de.txt")),
    (Some(Language::Italian), Class::POINTS_BACK, include_str!("../../data/points_back/it.txt")),
    (Some(Language::Norwegian), Class::POINTS_BACK, include_str!("../../data/points_back/no.txt")),
    (Some(Language::Portuguese), Class::POINTS_BACK, include_str!("../../data/points_back/pt.txt")),
    (Some(Language::Russian), Class::POINTS_BACK, include_str!("../../data/points_back/ru.txt")),
    (Some(Language::Spanish), Class::POINTS_BACK, include_str!("../../data/points_back/es.txt")),
    (Some(Language::Swedish), Class::POINTS_BACK, include_str!("../../data/points_back/sv.txt")),
];

/// Lists of lines that name a class: what ends with a full stop without ending a sentence and what opens one; who
/// speaks, and the words that say so.
const CLASSED: &[(Language, &str)] = &[
    (Language::Danish, include_str!("../../data/sentence_ends/da.txt")),
    (Language::Dutch, include_str!("../../data/sentence_ends/nl.txt")),
    (Language::English, include_str!("../../data/sentence_ends/en.txt")),
    (Language::French, include_str!("../../data/sentence_ends/fr.txt")),
    (Language::German, include_str!("../../data/sentence_ends/de.txt")),
    (Language::Italian, include_str!("../../data/sentence_ends/it.txt")),
    (Language::Norwegian, include_str!("../../data/sentence_ends/no.txt")),
    (Language::Portuguese, include_str!("../../data/sentence_ends/pt.txt")),
    (Language::Russian, include_str!("../../data/sentence_ends/ru.txt")),
    (Language::Spanish, include_str!("../../data/sentence_ends/es.txt")),
    (Language::Swedish, include_str!("../../data/sentence_ends/sv.txt")),
    (Language::Dutch, include_str!("../../data/cues/nl.txt")),
    (Language::English, include_str!("../../data/cues/en.txt")),
    (Language::French, include_str!("../../data/cues/fr.txt")),
    (Language::German, include_str!("../../data/cues/de.txt")),
    (Language::Chinese, include_str!("../../data/cues/zh.txt")),
    (Language::Italian, include_str!("../../data/cues/it.txt")),
    (Language::Japanese, include_str!("../../data/cues/ja.txt")),
    (Language::Portuguese, include_str!("../../data/cues/pt.txt")),
    (Language::Spanish, include_str!("../../data/cues/es.txt")),
];

/// Names are the same whatever the language.
const FIRST_NAMES: &str = include_str!("../../data/first_names.txt");

/// The classes that those lines name.
const CLASS_NAMES: &[(&str, Class)] = &[
    ("title", Class::TITLE_ABBREVIATION),
    ("name", Class::NAME_ABBREVIATION),
    ("any", Class::ABBREVIATION),
    ("number", Class::NUMBER_ABBREVIATION),
    ("time", Class::TIME_ABBREVIATION),
    ("follows_time", Class::FOLLOWS_TIME),
    ("opens", Class::OPENS_SENTENCE),
    ("exclaims", Class::EXCLAIMS),
    ("reports", Class::REPORTS),
    ("credits", Class::CREDITS),
    ("cue", Class::CUE),
    ("role", Class::ROLE),
    ("body", Class::BODY),
    ("honorific", Class::TITLE),
    ("male", Class::MALE),
    ("female", Class::FEMALE),
    ("delegate", Class::DELEGATE),
    ("he", Class::HE),
    ("she", Class::SHE),
    ("they", Class::THEY),
    ("first", Class::FIRST_PERSON),
    ("who", Class::WHO),
    ("determiner", Class::DETERMINER),
    ("preposition", Class::PREPOSITION),
    ("auxiliary", Class::AUXILIARY),
    ("particle", Class::PARTICLE),
    ("calendar", Class::TIME),
    ("man", Class::MANS_NAME),
    ("woman", Class::WOMANS_NAME),
];

/// The words of a list whose lines name their class: "title: mr mrs".
fn classed_entries(list: &str) -> impl Iterator<Item = (&str, Class)> {
    entries(list)
        .filter_map(|line| line.split_once(':'))
        .filter_map(|(name, words)| {
            let &(_, class) = CLASS_NAMES.iter().find(|(known, _)| *known == name)?;
            Some(words.split_whitespace().map(move |word| (word, class)))
        })
        .flatten()
}

/// How common English words are in news: lines of a commonness and the words that have it.
const COMMONNESS: &str = include_str!("../../data/commonness.txt");

/// The words of [`COMMONNESS`].
fn common_words() -> impl Iterator<Item = (&'static str, Class)> {
    entries(COMMONNESS).flat_map(|line| {
        let (commonness, words) = line.split_once(' ').unwrap_or((line, ""));
        let class = Class::common(commonness.parse().unwrap_or_default());
        words.split(' ').map(move |word| (word, class))
    })
}

/// The entries of a word list, without its comments.
pub fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|entry| !entry.is_empty())
}

/// The fewest characters of what stands before the last part of a compound.
const LEAST_FIRST_PART: usize = 3;
/// The fewest bytes of the last part of a compound.
const LEAST_LAST_PART: usize = 6;
/// Longer ones are addresses or no words, in bytes: each of their ends would be looked up.
const MOST_COMPOUND: usize = 80;

/// The word lists of one language, as a table.
#[derive(Debug)]
pub struct Lexicon(Table);

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
        let reads = |of: Language| of == language || language == Language::Other && of == Language::English;
        classes.extend(CLASSED.iter().filter(|(of, _)| reads(*of)).flat_map(|(_, list)| classed_entries(list)));
        classes.extend(classed_entries(FIRST_NAMES));
        if language == Language::English {
            classes.extend(common_words());
        }
        Self(Table::of(classes.into_iter().map(|(word, class)| (word, class.0))))
    }

    /// The classes of a folded word.
    #[must_use]
    pub fn classes(&self, folded: &str) -> Class {
        self.find(Key::of(folded.as_bytes()))
    }

    /// The classes of a folded word, given as bytes of UTF-8.
    #[must_use]
    pub(super) fn classes_of(&self, folded: &[u8]) -> Class {
        self.find(Key::of(folded))
    }

    /// What a compound that is on no list says of people by its last part: "Finanzminister" is a minister.
    pub(super) fn compound(&self, folded: &str) -> Class {
        const SAID_OF_PEOPLE: Class =
            Class(Class::ROLE.0 | Class::TITLE.0 | Class::BODY.0 | Class::DELEGATE.0 | Class::MALE.0 | Class::FEMALE.0);
        if folded.len() > MOST_COMPOUND {
            return Class::NONE;
        }
        let parts = folded.char_indices().map(|(at, _)| &folded[at..]).skip(LEAST_FIRST_PART);
        let parts = parts.take_while(|part| part.len() >= LEAST_LAST_PART);
        let mut known = parts.map(|part| self.classes(part)).filter(|classes| classes.any(Class::ROLE));
        known.next().map_or(Class::NONE, |classes| Class(classes.0 & SAID_OF_PEOPLE.0))
    }

    /// The classes of a folded word and its key: in a language that writes compounds, those of its last part where the whole
    /// is on no list.
    pub(super) fn classes_of_key(&self, folded: &str, key: Key, language: Language) -> Class {
        let classes = self.find(key);
        if classes == Class::NONE && language.writes_compounds() { self.compound(folded) } else { classes }
    }

    /// The classes of the word with that key.
    #[inline]
    pub(super) fn find(&self, key: Key) -> Class {
        Class(self.0.get(key))
    }
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
