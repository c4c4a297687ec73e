//! What the word lists under `data/` say of a word.

use std::{
    collections::HashMap,
    ops::{BitOr, BitOrAssign},
    sync::LazyLock,
};

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
        *self = *self | other;
    }
}

/// The lists: a word a line, in lower case; `#` begins a comment.
const LISTS: &[(Class, &str)] = &[
    (Class::STOP, include_str!("../../data/stop_words.txt")),
    (Class::POINTS_BACK, include_str!("../../data/points_back.txt")),
];

static CLASSES: LazyLock<HashMap<&'static str, Class>> = LazyLock::new(|| {
    let mut classes: HashMap<&str, Class> = HashMap::new();
    for (class, list) in LISTS {
        for word in entries(list) {
            *classes.entry(word).or_default() |= *class;
        }
    }
    classes
});

/// The entries of a word list, without its comments.
pub fn entries(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|entry| !entry.is_empty())
}

/// The classes of a word in lower case.
#[must_use]
pub fn classes(word: &str) -> Class {
    CLASSES.get(word).copied().unwrap_or_default()
}
