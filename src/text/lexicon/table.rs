//! A fixed table from words to sets.

use crate::text::vocabulary::key::Key;

/// A fixed table from folded words to sets of up to 64 members, a bit each.
///
/// Open addressing, at most half full: a free place ends a search. A long word is known by its digest alone: a table of
/// a few thousand words meets another word's by chance less than once in a billion billion.
#[derive(Debug)]
pub(in crate::text) struct Table {
    slots: Vec<(Key, u64)>,
}

impl Table {
    /// The table that gives each word all the bits it comes with.
    pub(in crate::text) fn of<'w>(words: impl Iterator<Item = (&'w str, u64)>) -> Self {
        let mut words: Vec<_> = words.filter(|&(_, bits)| bits != 0).collect();
        words.sort_unstable();
        let mut slots = vec![(Key::default(), 0); (words.len() * 2 + 1).next_power_of_two()];
        for same in words.chunk_by(|a, b| a.0 == b.0) {
            let key = Key::of(same[0].0.as_bytes());
            let mut at = place(key, slots.len());
            while slots[at].1 != 0 {
                at = (at + 1) % slots.len();
            }
            slots[at] = (key, same.iter().fold(0, |all, &(_, bits)| all | bits));
        }
        Self { slots }
    }

    /// The bits of the word with that key; none where it is not in the table.
    #[inline]
    pub(in crate::text) fn get(&self, key: Key) -> u64 {
        let mut at = place(key, self.slots.len());
        loop {
            let (other, bits) = self.slots[at];
            if bits == 0 || other == key {
                return bits;
            }
            at = (at + 1) & (self.slots.len() - 1);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the low bits are the place")]
#[inline]
fn place(key: Key, slots: usize) -> usize {
    key.hash() as usize & (slots - 1)
}
