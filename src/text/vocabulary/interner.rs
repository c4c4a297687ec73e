//! Distinct strings, each with the numbers it has as a word and as a term.

use std::collections::BTreeMap;

use super::key::{INLINE_BYTES, Key};
use crate::text::Span;

/// How many slots a lookup visits at most.
const PROBES: usize = 16;

/// The slots of an empty table.
const FIRST_SLOTS: usize = 1024;

/// The number of what is no word, or no term.
const NONE: u32 = u32::MAX;

/// Distinct strings, in the order they were first seen.
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
    entries: Vec<Entry>,
    /// The strings that their keys do not hold whole, and where they stand in `long_text`, in the order of `entries`.
    long: Vec<(u32, Span)>,
    long_text: String,
}

/// A string: most are words, many are stems, some are both. None lies across two cache lines.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Entry {
    /// Its key's bytes: its own, where the key holds it whole.
    bytes: [u8; INLINE_BYTES],
    len_bytes: u32,
    /// Its number as a word, or [`NONE`].
    word: u32,
    /// Its number as a term, or [`NONE`].
    term: u32,
}

impl Entry {
    #[inline]
    fn is(&self, key: Key) -> bool {
        self.bytes == key.bytes() && self.len_bytes as usize == key.len_bytes()
    }
}

impl Interner {
    /// A string.
    pub(super) fn get(&self, id: u32) -> &str {
        let entry = &self.entries[id as usize];
        // What a key holds whole are a string's bytes, or an ASCII word's.
        let whole = entry.bytes.get(..entry.len_bytes as usize).and_then(|bytes| str::from_utf8(bytes).ok());
        whole.unwrap_or_else(|| self.long_of(id))
    }

    /// The string that its key does not hold whole.
    fn long_of(&self, id: u32) -> &str {
        let at = self.long.binary_search_by_key(&id, |&(id, _)| id);
        at.map_or("", |at| self.long[at].1.of(&self.long_text))
    }

    /// The number that a string has as a word.
    #[inline]
    pub(super) fn word(&self, id: u32) -> Option<u32> {
        Some(self.entries[id as usize].word).filter(|&word| word != NONE)
    }

    /// Gives a string its number as a word.
    #[inline]
    pub(super) fn set_word(&mut self, id: u32, word: u32) {
        self.entries[id as usize].word = word;
    }

    /// The number that a string has as a term; the `next` one where it had none.
    #[inline]
    pub(super) fn term_or(&mut self, id: u32, next: u32) -> u32 {
        let term = &mut self.entries[id as usize].term;
        if *term == NONE {
            *term = next;
        }
        *term
    }

    /// The number that a string has as a term.
    pub(super) fn term(&self, id: u32) -> Option<u32> {
        Some(self.entries[id as usize].term).filter(|&term| term != NONE)
    }

    /// A string, if it was seen.
    pub(super) fn find(&self, string: &str) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let key = Key::of(string.as_bytes());
        match self.probe(key, key.hash(), string) {
            Probe::Found(id) => Some(id),
            Probe::Free(_) => None,
            Probe::Crowded => self.crowded_out.get(string).copied(),
        }
    }

    /// The number as a word of a string that its key holds whole, if it stands where its hash says, as most do that were
    /// seen before.
    #[inline]
    pub(super) fn glance(&self, key: Key, hash: u64) -> Option<u32> {
        let &(seen, next) = self.slots.get(home(hash) & self.slots.len().wrapping_sub(1))?;
        if seen != tag(hash) {
            return None;
        }
        let entry = self.entries.get((next as usize).wrapping_sub(1))?;
        (entry.is(key) && entry.word != NONE).then_some(entry.word)
    }

    /// A string that its key holds whole; a new one when it was not seen before.
    #[inline]
    pub(super) fn intern_whole(&mut self, key: Key, hash: u64) -> u32 {
        debug_assert!(key.is_whole());
        self.reserve();
        let first = home(hash) & (self.slots.len() - 1);
        if self.slots[first].1 == 0 {
            return self.add(key, hash, first);
        }
        self.look_further(key, hash)
    }

    #[inline(never)]
    fn look_further(&mut self, key: Key, hash: u64) -> u32 {
        match self.probe(key, hash, "") {
            Probe::Found(id) => id,
            Probe::Free(slot) => self.add(key, hash, slot),
            Probe::Crowded => self.crowd(key, &spelled(key)),
        }
    }

    /// A string; a new one when it was not seen before.
    pub(super) fn intern(&mut self, string: &str) -> u32 {
        let key = Key::of(string.as_bytes());
        let hash = key.hash();
        if key.is_whole() {
            return self.intern_whole(key, hash);
        }
        self.reserve();
        match self.probe(key, hash, string) {
            Probe::Found(id) => id,
            Probe::Free(slot) => {
                self.keep(string);
                self.add(key, hash, slot)
            }
            Probe::Crowded => self.crowd(key, string),
        }
    }

    #[inline]
    fn add(&mut self, key: Key, hash: u64, slot: usize) -> u32 {
        let id = self.push(key);
        self.slots[slot] = (tag(hash), id + 1);
        id
    }

    #[inline]
    fn push(&mut self, key: Key) -> u32 {
        let id = narrow(self.entries.len());
        self.entries.push(Entry { bytes: key.bytes(), len_bytes: narrow(key.len_bytes()), word: NONE, term: NONE });
        id
    }

    /// Notes the next string, which is too long for its key.
    fn keep(&mut self, string: &str) {
        let begin = self.long_text.len();
        self.long_text.push_str(string);
        self.long.push((narrow(self.entries.len()), Span::new(begin, self.long_text.len())));
    }

    /// Interns a string that finds no place in the table.
    #[cold]
    fn crowd(&mut self, key: Key, string: &str) -> u32 {
        if let Some(&id) = self.crowded_out.get(string) {
            return id;
        }
        if !key.is_whole() {
            self.keep(string);
        }
        let id = self.push(key);
        self.crowded_out.insert(string.into(), id);
        id
    }

    #[inline]
    fn probe(&self, key: Key, hash: u64, string: &str) -> Probe {
        let mask = self.slots.len() - 1;
        let tag = tag(hash);
        for step in 0..PROBES {
            let slot = (home(hash) + step) & mask;
            let (seen, next) = self.slots[slot];
            if next == 0 {
                return Probe::Free(slot);
            }
            if seen == tag
                && self.entries[next as usize - 1].is(key)
                && (key.is_whole() || self.long_of(next - 1) == string)
            {
                return Probe::Found(next - 1);
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
        for (id, entry) in (0u32..).zip(&self.entries) {
            let hash = Key::of_parts(entry.bytes, entry.len_bytes).hash();
            let mask = slots - 1;
            let free = (0..PROBES).map(|step| (home(hash) + step) & mask).find(|&slot| self.slots[slot].1 == 0);
            if let Some(slot) = free {
                self.slots[slot] = (tag(hash), id + 1);
            } else {
                let string = self.get(id).into();
                self.crowded_out.insert(string, id);
            }
        }
    }
}

/// The string that a key holds whole.
pub(super) fn spelled(key: Key) -> String {
    let bytes = key.bytes();
    // A key is made of a string's bytes, or of an ASCII word's.
    str::from_utf8(&bytes[..key.len_bytes()]).unwrap_or_default().to_owned()
}

pub(super) fn narrow(id: usize) -> u32 {
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
fn home(hash: u64) -> usize {
    hash as usize
}

#[inline]
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_distinct_strings_in_order() {
        let mut interner = Interner::default();
        let words: Vec<String> = (0..20_000).map(|n| format!("{n}{}", "x".repeat(n % 40))).collect();
        for _ in 0..2 {
            for (id, word) in (0u32..).zip(&words) {
                assert_eq!(interner.intern(word), id, "{word}");
                assert_eq!(interner.find(word), Some(id));
            }
        }
        assert_eq!(interner.entries.len(), words.len());
        assert_eq!(interner.get(12), words[12]);
        assert_eq!(interner.find("never"), None);
    }

    #[test]
    fn strings_that_all_collide_stay_distinct() {
        // One home in 512, so that most strings find their sixteen slots taken.
        let mut interner = Interner::default();
        let words: Vec<String> = (0..200_000u32)
            .map(|n| format!("w{n}"))
            .filter(|word| home(Key::of(word.as_bytes()).hash()).is_multiple_of(512))
            .collect();
        for (id, word) in (0u32..).zip(&words) {
            assert_eq!(interner.intern(word), id);
        }
        assert!(!interner.crowded_out.is_empty());
        for (id, word) in (0u32..).zip(&words) {
            assert_eq!(interner.intern(word), id);
            assert_eq!(interner.find(word), Some(id));
        }
    }
}
