//! The phrases and words page furniture is told by: what `data/furniture_phrases.txt` and `data/furniture_words.txt` hold.

use std::{collections::HashMap, ops::BitOrAssign, sync::LazyLock};

use super::{
    line::{Case, Ending, Line, Piece, Scan},
    word::{self, NUMBER},
};

/// The classes of a word as furniture goes: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::document) struct WordClass(u16);

impl WordClass {
    pub(in crate::document) const NONE: Self = Self(0);
    pub(in crate::document) const MONTH: Self = Self(1);
    pub(in crate::document) const WEEKDAY: Self = Self(1 << 1);
    pub(in crate::document) const TIME: Self = Self(1 << 2);
    pub(in crate::document) const PUBLISH: Self = Self(1 << 3);
    pub(in crate::document) const AGENCY: Self = Self(1 << 4);
    pub(in crate::document) const CREDIT: Self = Self(1 << 5);
    pub(in crate::document) const ROLE: Self = Self(1 << 6);
    pub(in crate::document) const SOCIAL: Self = Self(1 << 7);
    pub(in crate::document) const SECTION: Self = Self(1 << 8);
    pub(in crate::document) const NAVIGATE: Self = Self(1 << 9);
    pub(in crate::document) const STOP: Self = Self(1 << 10);
    /// Tells a story rather than addresses the reader: said, was, they.
    pub(in crate::document) const NARRATIVE: Self = Self(1 << 11);
    /// A line may begin with a phrase that begins with it.
    const LEADS_PHRASE: Self = Self(1 << 12);
    /// Some phrase that begins with it may stand anywhere in a line, or close it.
    const BEGINS_INNER_PHRASE: Self = Self(1 << 13);
    /// Such a phrase counts in a line that tells a story, too.
    const BEGINS_SURE_PHRASE: Self = Self(1 << 14);
    /// Of a slot of the lists: a word whose hash says that it stands there had to go further.
    const CROWDED: Self = Self(1 << 15);
    /// What is to know of punctuation and ideographs: which phrases begin with them.
    const BEGINS: Self = Self::LEADS_PHRASE.with(Self::BEGINS_INNER_PHRASE).with(Self::BEGINS_SURE_PHRASE);

    /// Whether the word is on any of these lists.
    pub(in crate::document) const fn any(self, classes: Self) -> bool {
        self.0 & classes.0 != 0
    }

    /// Both together.
    pub(in crate::document) const fn with(self, classes: Self) -> Self {
        Self(self.0 | classes.0)
    }

    const fn only(self, classes: Self) -> Self {
        Self(self.0 & classes.0)
    }
}

impl BitOrAssign for WordClass {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// What a phrase says of the line it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::document) enum Verdict {
    /// Furniture before the article begins, or after it ends.
    Edge,
    /// Furniture.
    Drop,
    /// Furniture, and the teasers after it too.
    Heading,
    /// Furniture, and all that follows, unless the article goes on.
    Tail,
    /// Furniture, and all that follows.
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The phrase is the line.
    Line,
    /// The line begins with it.
    Begin,
    /// The line ends with it.
    Close,
    /// The line holds it.
    Any,
}

/// What else must be true of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// It holds no word that tells a story.
    Plain,
    /// That, and it does not end like a sentence.
    Open,
    /// Nothing.
    Sure,
}

impl Manner {
    /// Whether a phrase of this manner counts in a line that tells a story, or not, and ends like a sentence, or not.
    fn holds(self, place: Place, tells: bool, stops: bool) -> bool {
        match self {
            Self::Plain => !tells || place == Place::Line,
            Self::Open => !tells && !stops,
            Self::Sure => true,
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Piece(u64),
    /// Any one word.
    One,
    /// One to four words.
    Some,
}

#[derive(Debug)]
struct Phrase {
    steps: Vec<Step>,
    /// The second step, where it is a certain piece.
    second: Option<u64>,
    place: Place,
    verdict: Verdict,
    /// The most words the line may hold.
    words: u32,
    manner: Manner,
}

/// What the lists hold of the phrases that begin with a word.
#[derive(Debug, Default)]
struct Entry {
    class: WordClass,
    /// Those that begin the line, or are it.
    leading: Phrases,
    /// Those that stand anywhere, or close the line.
    inner: Phrases,
}

/// Phrases that begin with one word.
#[derive(Debug, Default)]
struct Phrases {
    all: Vec<Phrase>,
    /// The most words that a line may hold in which any of them counts: one that tells no story, and one that does.
    most_words: [u32; 2],
}

impl Phrases {
    fn push(&mut self, phrase: Phrase) {
        for tells in [false, true] {
            if phrase.manner.holds(phrase.place, tells, false) {
                let most_words = &mut self.most_words[usize::from(tells)];
                *most_words = (*most_words).max(phrase.words);
            }
        }
        self.all.push(phrase);
    }
}

/// The most words of a line that is a phrase.
const LINE_WORDS: u32 = 16;

/// The lists, by the hashes of words: open addressing, at most a quarter full, so that a free place ends a search.
#[derive(Debug)]
pub(in crate::document) struct Lists {
    slots: Box<[Slot; SLOTS]>,
    entries: Vec<Entry>,
}

const SLOTS: usize = 1 << 13;

/// A place of a word: small, for every word of a text is looked up. By its place and its tag together one word in ten
/// billion is taken for a listed one.
#[derive(Clone, Copy, Debug)]
struct Slot {
    tag: u32,
    /// The classes of the word; none where the place is free.
    class: WordClass,
    /// Its place in `entries`, or [`FREE`].
    entry: u16,
}

const FREE: u16 = u16::MAX;

impl Slot {
    #[inline]
    fn holds(self, hash: u64) -> bool {
        self.tag == tag(hash)
    }
}

/// Half of a hash, which has its share of the other half too. Of punctuation, whose hash is small, it is the hash.
#[expect(clippy::cast_possible_truncation, reason = "half of it")]
#[inline]
fn tag(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

/// Where the search for a word begins.
#[inline]
fn home(hash: u64) -> usize {
    usize::try_from((hash ^ (hash >> 31)) % SLOTS as u64).unwrap_or_default()
}

impl Lists {
    fn of(words: HashMap<u64, Entry>) -> Self {
        let free = Slot { tag: 0, class: WordClass::NONE, entry: FREE };
        let slots = vec![free; SLOTS].into_boxed_slice();
        let slots = slots.try_into().unwrap_or_else(|_| panic!("as many slots as were made"));
        let mut lists = Self { slots, entries: Vec::with_capacity(words.len()) };
        for (hash, entry) in words {
            let (first, at) = (home(hash), lists.slot(hash));
            let bit = |holds: bool, bit| if holds { bit } else { WordClass::NONE };
            let begins = bit(!entry.leading.all.is_empty(), WordClass::LEADS_PHRASE)
                .with(bit(!entry.inner.all.is_empty(), WordClass::BEGINS_INNER_PHRASE))
                .with(bit(entry.inner.most_words[1] > 0, WordClass::BEGINS_SURE_PHRASE));
            lists.slots[first].class |= if first == at { WordClass::NONE } else { WordClass::CROWDED };
            let slot = &mut lists.slots[at];
            slot.tag = tag(hash);
            slot.class |= entry.class.with(begins);
            slot.entry = u16::try_from(lists.entries.len()).unwrap_or(FREE);
            lists.entries.push(entry);
        }
        lists
    }

    /// Where a word stands, or could.
    #[inline]
    fn slot(&self, hash: u64) -> usize {
        let mut at = home(hash);
        while self.slots[at].entry != FREE && !self.slots[at].holds(hash) {
            at = (at + 1) % SLOTS;
        }
        at
    }

    /// The classes of a word by its hash.
    #[inline]
    pub(in crate::document) fn class_of(&self, hash: u64) -> WordClass {
        // Mostly it stands where its hash says, or nowhere: no one can tell which, so that the choice had better be no branch.
        let slot = self.slots[home(hash)];
        if slot.class.any(WordClass::CROWDED) {
            return self.slots[self.slot(hash)].class;
        }
        if slot.holds(hash) { slot.class } else { WordClass::NONE }
    }

    /// What is to know of punctuation or an ideograph by its hash: the phrases that begin with it.
    pub(in crate::document) fn class_of_mark(&self, hash: u64) -> WordClass {
        self.class_of(hash).only(WordClass::BEGINS)
    }

    /// What there is of a word.
    #[inline]
    fn entry(&self, hash: u64) -> Option<&Entry> {
        self.entries.get(usize::from(self.slots[self.slot(hash)].entry))
    }
}

const CLASSES: &[(&str, WordClass)] = &[
    ("month", WordClass::MONTH),
    ("weekday", WordClass::WEEKDAY),
    ("time", WordClass::TIME),
    ("publish", WordClass::PUBLISH),
    ("agency", WordClass::AGENCY),
    ("credit", WordClass::CREDIT),
    ("role", WordClass::ROLE),
    ("social", WordClass::SOCIAL),
    ("section", WordClass::SECTION),
    ("navigate", WordClass::NAVIGATE),
    ("stop", WordClass::STOP),
    ("narrative", WordClass::NARRATIVE),
];

static LISTS: LazyLock<Lists> = LazyLock::new(|| {
    let mut table: HashMap<u64, Entry> = HashMap::new();
    let mut class = WordClass::NONE;
    for line in lines(include_str!("../../../data/furniture_words.txt")) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            class = CLASSES.iter().find(|(known, _)| *known == name).map_or(WordClass::NONE, |&(_, class)| class);
            continue;
        }
        for word in line.split_whitespace() {
            table.entry(word::hash_of(word)).or_default().class |= class;
        }
    }
    let mut rule = section("");
    for line in lines(include_str!("../../../data/furniture_phrases.txt")) {
        if let Some(heading) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            rule = section(heading);
            continue;
        }
        let steps: Vec<Step> = line.split_whitespace().map(step).collect();
        let (place, verdict, words, manner) = rule;
        if let Some(&Step::Piece(first)) = steps.first() {
            let entry = table.entry(first).or_default();
            let second = match steps.get(1) {
                Some(&Step::Piece(second)) => Some(second),
                _ => None,
            };
            let words = if place == Place::Line { words.min(LINE_WORDS) } else { words };
            let phrase = Phrase { steps, second, place, verdict, words, manner };
            match place {
                Place::Line | Place::Begin => entry.leading.push(phrase),
                Place::Close | Place::Any => entry.inner.push(phrase),
            }
        }
    }
    Lists::of(table)
});

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("# "))
}

/// Reads a section's heading, as the list's own comment explains it.
fn section(heading: &str) -> (Place, Verdict, u32, Manner) {
    let mut rule = (Place::Line, Verdict::Drop, u32::MAX, Manner::Plain);
    for field in heading.split_whitespace() {
        match field {
            "begin" => rule.0 = Place::Begin,
            "close" => rule.0 = Place::Close,
            "any" => rule.0 = Place::Any,
            "edge" => rule.1 = Verdict::Edge,
            "heading" => rule.1 = Verdict::Heading,
            "tail" => rule.1 = Verdict::Tail,
            "end" => rule.1 = Verdict::End,
            "open" => rule.3 = Manner::Open,
            "sure" => rule.3 = Manner::Sure,
            _ => rule.2 = field.parse().unwrap_or(rule.2),
        }
    }
    rule
}

fn step(word: &str) -> Step {
    match word {
        "_" => Step::One,
        "__" => Step::Some,
        "#" => Step::Piece(NUMBER),
        _ => Step::Piece(word::hash_of(word)),
    }
}

/// The lists.
pub(in crate::document) fn lists() -> &'static Lists {
    &LISTS
}

/// What the phrases say of a line: the strongest verdict. Of a long line only the ends are looked at.
pub(in crate::document) fn verdict(scan: &Scan, line: &Line) -> Option<Verdict> {
    /// How much of a long line's head a phrase may begin in.
    const FIRST_PIECES: usize = 3;
    let search = Search { line, tells: line.classes.any(WordClass::NARRATIVE), stops: line.ending == Ending::Stop };
    let head = scan.head(line);
    if line.long {
        let begins = search.leading(head, FIRST_PIECES, |place| place == Place::Begin);
        begins.max(search.inner(scan.tail(line), |place| place == Place::Close))
    } else {
        search.leading(head, head.len(), |_| true).max(search.inner(head, |_| true))
    }
}

/// A search for phrases in a line.
struct Search<'l> {
    line: &'l Line,
    /// The line tells a story.
    tells: bool,
    /// It ends like a sentence.
    stops: bool,
}

impl Search<'_> {
    /// The strongest verdict of the phrases at a `wanted` place that begin the line, before its first word or with it, and
    /// within the first `count` pieces.
    fn leading(&self, pieces: &[Piece], count: usize, wanted: impl Fn(Place) -> bool) -> Option<Verdict> {
        let first_word = pieces.iter().position(|piece| piece.case != Case::Mark).unwrap_or(0);
        let mut strongest = None;
        for (at, piece) in pieces.iter().enumerate().take(count.min(first_word + 1)) {
            if piece.class.any(WordClass::LEADS_PHRASE)
                && let Some(entry) = LISTS.entry(piece.hash)
            {
                strongest = self.strongest(strongest, &entry.leading, &pieces[at..], &wanted);
            }
        }
        strongest
    }

    /// The strongest verdict of the phrases at a `wanted` place that may begin anywhere.
    fn inner(&self, pieces: &[Piece], wanted: impl Fn(Place) -> bool) -> Option<Verdict> {
        let begins = if self.tells { WordClass::BEGINS_SURE_PHRASE } else { WordClass::BEGINS_INNER_PHRASE };
        let mut strongest = None;
        if !self.line.classes.any(begins) {
            return None;
        }
        for (at, piece) in pieces.iter().enumerate() {
            if piece.class.any(begins)
                && let Some(entry) = LISTS.entry(piece.hash)
            {
                strongest = self.strongest(strongest, &entry.inner, &pieces[at..], &wanted);
            }
        }
        strongest
    }

    /// The verdict that is the `strongest` yet, or that of a stronger phrase that the pieces begin with.
    fn strongest(
        &self,
        mut strongest: Option<Verdict>,
        phrases: &Phrases,
        pieces: &[Piece],
        wanted: impl Fn(Place) -> bool,
    ) -> Option<Verdict> {
        let words = self.line.words;
        if words > phrases.most_words[usize::from(self.tells)] {
            return strongest;
        }
        for phrase in &phrases.all {
            if phrase.second.is_none_or(|second| pieces.get(1).is_some_and(|piece| piece.hash == second))
                && words <= phrase.words
                && phrase.manner.holds(phrase.place, self.tells, self.stops)
                && wanted(phrase.place)
                && strongest < Some(phrase.verdict)
                && fits(&phrase.steps, pieces, matches!(phrase.place, Place::Line | Place::Close))
            {
                strongest = Some(phrase.verdict);
            }
        }
        strongest
    }
}

/// Whether the steps match the head of `pieces`; with `whole`, so that only punctuation and numbers are left over.
fn fits(steps: &[Step], pieces: &[Piece], whole: bool) -> bool {
    for (at, step) in steps.iter().enumerate() {
        match step {
            Step::Piece(hash) if pieces.get(at).is_some_and(|piece| piece.hash == *hash) => {}
            Step::One if at < pieces.len() => {}
            Step::Piece(_) | Step::One => return false,
            Step::Some => {
                let (steps, pieces) = (&steps[at + 1..], &pieces[at.min(pieces.len())..]);
                return (1..=pieces.len().min(4)).any(|taken| fits(steps, &pieces[taken..], whole));
            }
        }
    }
    !whole || pieces[steps.len()..].iter().all(|piece| matches!(piece.case, Case::Mark | Case::Number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_leave_room() {
        assert!(LISTS.entries.len() * 4 <= SLOTS, "{}", LISTS.entries.len());
    }
}
