//! Numbers for distinct strings.

use std::{borrow::Cow, collections::BTreeMap};

use super::key::Key;
use crate::text::Span;

/// How many slots a lookup visits at most.
const PROBES: usize = 16;

/// The slots of an empty table.
const FIRST_SLOTS: usize = 1024;

/// Numbers for distinct strings, from 0 in the order they were first seen.
///
/// An open-addressing table, at most half full. Its hash is fixed, so the same text always costs the same, and a text
/// may be written whose words all collide; therefore a lookup visits at most sixteen slots, and what finds no
/// place within them goes into an ordered map. Whatever the words, a lookup costs at most those sixteen slots and a
/// logarithm of their count.
#[derive(Debug, Default)]
pub(super) struct Interner {
    /// The high half of a hash, and an index into `entries` plus one; zero where the slot is free.
    slots: Vec<(u32, u32)>,
    crowded_out: BTreeMap<Box<str>, u32>,
    /// Each string's key, and its place in `long` where the key does not hold it whole.
    entries: Vec<(Key, Span)>,
    long: String,
}

impl Interner {
    /// How many strings were seen.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The string with that number.
    pub(super) fn get(&self, id: u32) -> Cow<'_, str> {
        let (key, span) = self.entries[id as usize];
        if key.is_whole() { Cow::Owned(spelled(key)) } else { Cow::Borrowed(span.of(&self.long)) }
    }

    /// The number of a string, if it was seen.
    pub(super) fn find(&self, string: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let key = Key::of(string.as_bytes());
        match self.probe(key, string) {
            Probe::Found(id) => Some(id),
            Probe::Free(_) => None,
            Probe::Crowded => self.crowded_out.get(string).copied(),
        }
    }

    /// The number of a string that its key holds whole, and whether it is new.
    #[inline]
    pub(super) fn intern_whole(&mut self, key: Key) -> (u32, bool) {
        debug_assert!(key.is_whole());
        // Most strings were seen before, and stand where their hash says.
        let first = self.slots.get(home(key) & self.slots.len().wrapping_sub(1));
        if let Some(&(seen, next)) = first
            && seen == tag(key)
            && let Some((other, _)) = self.entries.get((next as usize).wrapping_sub(1))
            && *other == key
        {
            return (next - 1, false);
        }
        self.look_for_whole(key)
    }

    #[inline(never)]
    fn look_for_whole(&mut self, key: Key) -> (u32, bool) {
        self.reserve();
        let first = home(key) & (self.slots.len() - 1);
        if self.slots[first].1 == 0 {
            return (self.add(key, Span::default(), first), true);
        }
        match self.probe(key, "") {
            Probe::Found(id) => (id, false),
            Probe::Free(slot) => (self.add(key, Span::default(), slot), true),
            Probe::Crowded => self.crowd(key, &spelled(key)),
        }
    }

    /// The number of a string, and whether it is new.
    pub(super) fn intern(&mut self, string: &str) -> (u32, bool) {
        let key = Key::of(string.as_bytes());
        if key.is_whole() {
            return self.intern_whole(key);
        }
        self.reserve();
        match self.probe(key, string) {
            Probe::Found(id) => (id, false),
            Probe::Free(slot) => {
                let span = self.keep(string);
                (self.add(key, span, slot), true)
            }
            Probe::Crowded => self.crowd(key, string),
        }
    }

    #[inline]
    fn add(&mut self, key: Key, span: Span, slot: usize) -> u32 {
        let id = narrow(self.entries.len());
        self.slots[slot] = (tag(key), id + 1);
        self.entries.push((key, span));
        id
    }

    /// Notes what is too long for its key.
    fn keep(&mut self, string: &str) -> Span {
        let begin = self.long.len();
        self.long.push_str(string);
        Span::new(begin, self.long.len())
    }

    /// Interns a string that finds no place in the table.
    #[cold]
    fn crowd(&mut self, key: Key, string: &str) -> (u32, bool) {
        if let Some(&id) = self.crowded_out.get(string) {
            return (id, false);
        }
        let id = narrow(self.entries.len());
        self.crowded_out.insert(string.into(), id);
        let span = if key.is_whole() { Span::default() } else { self.keep(string) };
        self.entries.push((key, span));
        (id, true)
    }

    #[inline]
    fn probe(&self, key: Key, string: &str) -> Probe {
        let mask = self.slots.len() - 1;
        let tag = tag(key);
        let home = home(key);
        for step in 0..PROBES {
            let slot = (home + step) & mask;
            let (seen, next) = self.slots[slot];
            if next == 0 {
                return Probe::Free(slot);
            }
            if seen == tag {
                let (other, span) = self.entries[next as usize - 1];
                if other == key && (key.is_whole() || span.of(&self.long) == string) {
                    return Probe::Found(next - 1);
                }
            }
        }
        Probe::Crowded
    }

    /// Makes room for one more.
    #[inline]
    fn reserve(&mut self) {
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
    }

    #[cold]
    fn grow(&mut self) {
        let slots = (self.slots.len() * 4).max(FIRST_SLOTS);
        self.slots = vec![(0, 0); slots];
        self.entries.reserve_exact(slots / 2 - self.entries.len());
        // Each string once more: at the next growth there are four times as many, so a string moves about once in all.
        for id in 0..self.entries.len() {
            let (key, _) = self.entries[id];
            let number = narrow(id);
            let mask = slots - 1;
            let free = (0..PROBES).map(|step| (home(key) + step) & mask).find(|&slot| self.slots[slot].1 == 0);
            if let Some(slot) = free {
                self.slots[slot] = (tag(key), number + 1);
            } else {
                let string = self.get(number).into();
                self.crowded_out.insert(string, number);
            }
        }
    }
}

/// The string that a key holds whole.
fn spelled(key: Key) -> String {
    let bytes = key.bytes();
    // A key is made of a string's bytes, or of an ASCII word's.
    str::from_utf8(&bytes[..key.len_bytes()]).unwrap_or_default().to_owned()
}

fn narrow(id: usize) -> u32 {
    u32::try_from(id).unwrap_or(u32::MAX)
}

/// Where a key is, or where it could go.
#[derive(Clone, Copy)]
enum Probe {
    Found(u32),
    Free(usize),
    Crowded,
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are the place")]
#[inline]
fn home(key: Key) -> usize {
    key.hash() as usize
}

#[inline]
fn tag(key: Key) -> u32 {
    (key.hash() >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_distinct_strings_in_order() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..20_000).map(|n| format!("{n}{}", "x".repeat(n % 40))).collect();
        for round in 0..2 {
            for (id, word) in (0u32..).zip(&words) {
                assert_eq!(interner.intern(word), (id, round == 0), "{word}");
                assert_eq!(interner.find(word), Some(id));
            }
        }
        assert_eq!(interner.len(), words.len());
        assert_eq!(interner.get(12), words[12]);
        assert_eq!(interner.find("never"), None);
    }

    #[test]
    fn strings_that_all_collide_stay_distinct() {
        // One home in 512, so that most strings find their sixteen slots taken.
        let mut interner = Interner::default();
        let words: Vec<String> = (0..200_000u32)
            .map(|n| format!("w{n}"))
            .filter(|word| home(Key::of(word.as_bytes())).is_multiple_of(512))
            .collect();
        for (id, word) in (0u32..).zip(&words) {
            assert_eq!(interner.intern(word), (id, true));
        }
        assert!(!interner.crowded_out.is_empty());
        for (id, word) in (0u32..).zip(&words) {
            assert_eq!(interner.intern(word), (id, false));
            assert_eq!(interner.find(word), Some(id));
        }
    }
}
