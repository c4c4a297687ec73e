//! Numbers for distinct strings.

use std::collections::BTreeMap;

use super::key::Key;
use crate::text::Span;

/// How many slots a lookup visits at most.
const PROBES: usize = 16;

/// About how many bytes a string has.
const USUAL_BYTES: usize = 8;

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
    entries: Vec<(Key, Span)>,
    strings: String,
}

impl Interner {
    /// How many strings were seen.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The string with that number.
    pub(super) fn get(&self, id: u32) -> &str {
        self.entries[id as usize].1.of(&self.strings)
    }

    /// The number of a string, if it was seen.
    pub(super) fn find(&self, string: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let key = Key::of(string.as_bytes());
        match self.probe(key, || string) {
            Probe::Found(id) => Some(id),
            Probe::Free(_) => None,
            Probe::Crowded => self.crowded_out.get(string).copied(),
        }
    }

    /// The number of a string that its key holds whole, and whether it is new.
    #[inline]
    pub(super) fn intern_whole(&mut self, key: Key) -> (u32, bool) {
        debug_assert!(key.is_whole());
        self.reserve();
        match self.probe(key, || "") {
            Probe::Found(id) => (id, false),
            free => {
                let bytes = key.bytes();
                // A key is made of a string's bytes, or of an ASCII word's.
                self.add(key, str::from_utf8(&bytes[..key.len_bytes()]).unwrap_or_default(), free)
            }
        }
    }

    /// The number of a string, and whether it is new.
    pub(super) fn intern(&mut self, string: &str) -> (u32, bool) {
        self.reserve();
        let key = Key::of(string.as_bytes());
        match self.probe(key, || string) {
            Probe::Found(id) => (id, false),
            free => self.add(key, string, free),
        }
    }

    fn add(&mut self, key: Key, string: &str, place: Probe) -> (u32, bool) {
        let id = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        match place {
            Probe::Found(id) => return (id, false),
            Probe::Free(slot) => self.slots[slot] = (tag(key), id + 1),
            Probe::Crowded => {
                if let Some(&id) = self.crowded_out.get(string) {
                    return (id, false);
                }
                self.crowded_out.insert(string.into(), id);
            }
        }
        let begin = self.strings.len();
        self.strings.push_str(string);
        self.entries.push((key, Span::new(begin, self.strings.len())));
        (id, true)
    }

    #[inline]
    fn probe<'s>(&self, key: Key, string: impl Fn() -> &'s str) -> Probe {
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
                if other == key && (key.is_whole() || span.of(&self.strings) == string()) {
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
        self.slots.clear();
        self.slots.resize(slots, (0, 0));
        let room = slots / 2 - self.entries.len();
        self.entries.reserve_exact(room);
        self.strings.reserve(room * USUAL_BYTES);
        // Each string once more: at the next growth there are four times as many, so a string moves about once in all.
        for id in 0..self.entries.len() {
            let (key, span) = self.entries[id];
            let number = u32::try_from(id).unwrap_or(u32::MAX);
            let mask = slots - 1;
            let free = (0..PROBES).map(|step| (home(key) + step) & mask).find(|&slot| self.slots[slot].1 == 0);
            match free {
                Some(slot) => self.slots[slot] = (tag(key), number + 1),
                None => {
                    self.crowded_out.insert(span.of(&self.strings).into(), number);
                }
            }
        }
    }
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
