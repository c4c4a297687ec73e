//! What a folded word is looked up by.

/// The words that fit into a key whole, in bytes.
pub(super) const INLINE_BYTES: usize = 16;

const MULTIPLIERS: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xd1b5_4a32_d192_ed03, 0xa076_1d64_78bd_642f];

/// What a folded word is looked up by: the word itself where it has up to sixteen bytes, else a digest of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    /// The low half and the high one: tables of keys are a third smaller than with one number of sixteen bytes.
    halves: [u64; 2],
    len_bytes: u32,
}

impl Key {
    /// The key of a word that is folded already.
    pub(crate) fn of(folded: &[u8]) -> Self {
        if folded.len() <= INLINE_BYTES {
            return Self { halves: load(folded, 0, folded.len()), len_bytes: narrow(folded.len()) };
        }
        let mut digest = [MULTIPLIERS[0], MULTIPLIERS[1]];
        for begin in (0..folded.len()).step_by(INLINE_BYTES) {
            let [low, high] = load(folded, begin, (folded.len() - begin).min(INLINE_BYTES));
            digest = [fold(low ^ digest[0], high ^ MULTIPLIERS[2]), fold(high ^ digest[1], low ^ MULTIPLIERS[0])];
        }
        Self { halves: digest, len_bytes: narrow(folded.len()) }
    }

    /// The key with those [bytes](Self::bytes) of a word of such a length.
    pub(super) fn of_parts(bytes: [u8; INLINE_BYTES], len_bytes: u32) -> Self {
        Self { halves: halves(u128::from_le_bytes(bytes)), len_bytes }
    }

    /// The key of the word that is the first `len` of these bytes.
    pub(super) fn of_whole(bytes: &[u8; INLINE_BYTES], len: usize) -> Self {
        Self { halves: load(bytes, 0, len), len_bytes: narrow(len) }
    }

    /// The key of the ASCII word at `begin`, folded on the way; none where it is too long to fit.
    #[inline]
    pub(crate) fn of_short_ascii(bytes: &[u8], begin: usize, len: usize) -> Option<Self> {
        if len > INLINE_BYTES {
            return None;
        }
        let [low, high] = load(bytes, begin, len);
        Some(Self { halves: [to_lower_case(low), to_lower_case(high)], len_bytes: narrow(len) })
    }

    /// Whether the key is the word itself, so that two equal keys are the same word.
    #[inline]
    pub(crate) fn is_whole(self) -> bool {
        self.len_bytes as usize <= INLINE_BYTES
    }

    /// The word's bytes, when the key [is the word](Self::is_whole); the rest is zero.
    #[inline]
    pub(crate) fn bytes(self) -> [u8; INLINE_BYTES] {
        let [low, high] = self.halves;
        (u128::from(low) | u128::from(high) << 64).to_le_bytes()
    }

    /// How many bytes the word has.
    #[inline]
    pub(crate) fn len_bytes(self) -> usize {
        self.len_bytes as usize
    }

    /// Spread evenly for words nobody chose in order to collide.
    #[inline]
    pub(crate) fn hash(self) -> u64 {
        let [low, high] = self.halves;
        fold(low ^ MULTIPLIERS[0], high ^ MULTIPLIERS[1] ^ u64::from(self.len_bytes).rotate_left(40))
    }
}

/// A run of ASCII letters, read sixteen bytes at once: what most words are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Letters {
    /// The word's key, where the run is the word.
    pub(crate) key: Key,
    /// A bit for each letter, the high one of its byte, where it is a capital.
    capitals: [u64; 2],
}

impl Letters {
    /// The letters at `begin`, up to sixteen; none where fewer bytes than that are left.
    #[inline]
    pub(crate) fn at(bytes: &[u8], begin: usize) -> Option<Self> {
        let chunk = bytes.get(begin..)?.first_chunk()?;
        let [low, high] = halves(u128::from_le_bytes(*chunk));
        // The first byte that is no letter ends the run: mostly within the first eight.
        let in_low = letters(low);
        let len = (!in_low & HIGH_BITS).trailing_zeros() / 8;
        if len < 8 {
            let mask = MASKS[len as usize][0];
            let capitals = (!low << 2) & in_low & mask;
            let key = Key { halves: [(low & mask) | (capitals >> 2), 0], len_bytes: len };
            return Some(Self { key, capitals: [capitals, 0] });
        }
        let in_high = letters(high);
        let len = 8 + (!in_high & HIGH_BITS).trailing_zeros() / 8;
        let mask = MASKS[len as usize][1];
        let capitals = [(!low << 2) & in_low, (!high << 2) & in_high & mask];
        let halves = [low | (capitals[0] >> 2), (high & mask) | (capitals[1] >> 2)];
        Some(Self { key: Key { halves, len_bytes: len }, capitals })
    }

    /// How many there are.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.key.len_bytes()
    }

    /// Whether the first is a capital.
    #[inline]
    pub(crate) fn opens_high(&self) -> bool {
        self.capitals[0] & 0x80 != 0
    }

    /// Whether all are capitals, two or more.
    #[inline]
    pub(crate) fn are_all_capitals(&self) -> bool {
        let mask = MASKS[self.len()];
        self.len() > 1 && self.capitals == [HIGH_BITS & mask[0], HIGH_BITS & mask[1]]
    }
}

/// A byte in each place of a half.
const EACH: u64 = u64::MAX / 255;
const HIGH_BITS: u64 = EACH * 0x80;

/// The high bit of each byte that is an ASCII letter.
#[inline]
fn letters(half: u64) -> u64 {
    let folded = (half | (EACH * 0x20)) & !HIGH_BITS;
    let from_a = folded + EACH * (0x80 - u64::from(b'a'));
    let past_z = folded + EACH * (0x7f - u64::from(b'z'));
    from_a & !past_z & !half & HIGH_BITS
}

/// What is kept of sixteen bytes that hold a word of so many.
static MASKS: [[u64; 2]; INLINE_BYTES + 1] = {
    let mut masks = [[0, 0]; INLINE_BYTES + 1];
    let mut len = 1;
    while len <= INLINE_BYTES {
        masks[len] = halves(u128::MAX >> (8 * (INLINE_BYTES - len)));
        len += 1;
    }
    masks
};

/// Up to sixteen bytes as the halves of a little-endian number.
#[inline]
fn load(bytes: &[u8], begin: usize, len: usize) -> [u64; 2] {
    let mut last = [0; INLINE_BYTES];
    let chunk = bytes[begin..].first_chunk().unwrap_or_else(|| {
        last[..len].copy_from_slice(&bytes[begin..begin + len]);
        &last
    });
    let ([low, high], mask) = (halves(u128::from_le_bytes(*chunk)), MASKS[len]);
    [low & mask[0], high & mask[1]]
}

/// Eight ASCII letters in lower case at once: a byte from `A` to `Z` carries into its high bit in the first sum but
/// not in the second.
#[inline]
fn to_lower_case(ascii: u64) -> u64 {
    let from_a = ascii + EACH * (0x80 - u64::from(b'A'));
    let past_z = ascii + EACH * (0x7f - u64::from(b'Z'));
    ascii | (((from_a ^ past_z) & HIGH_BITS) >> 2)
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of a number")]
#[inline]
const fn halves(bits: u128) -> [u64; 2] {
    [bits as u64, (bits >> 64) as u64]
}

/// Both halves of the product, so that every bit of either factor reaches the low bits.
#[inline]
fn fold(a: u64, b: u64) -> u64 {
    let [low, high] = halves(u128::from(a) * u128::from(b));
    low ^ high
}

fn narrow(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_ascii() {
        let check = |word: &str| {
            let key = Key::of_short_ascii(word.as_bytes(), 0, word.len());
            assert_eq!(key, Some(Key::of(word.to_ascii_lowercase().as_bytes())), "{word}");
        };
        for word in ["", "a", "Z", "U.S.", "A@[`{z", "Don't", "ABCDEFGHIJKLMNOP", "qRSTUVWXYZ-_1234"] {
            check(word);
        }
        let all: Vec<u8> = (0..128).collect();
        for chunk in all.chunks(16) {
            assert_eq!(Key::of_short_ascii(chunk, 0, 16), Some(Key::of(&chunk.to_ascii_lowercase())));
        }
        assert_eq!(Key::of_short_ascii(b"ABCDEFGHIJKLMNOPQ", 0, 17), None);
    }

    #[test]
    fn reads_letters_at_once() {
        let check = |text: &str| {
            let bytes: Vec<u8> = text.bytes().chain([b' '; 16]).collect();
            let len = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count().min(16);
            let Some(letters) = Letters::at(&bytes, 0) else { panic!("{text:?}") };
            assert_eq!(letters.len(), len, "{text:?}");
            assert_eq!(letters.key, Key::of(bytes[..len].to_ascii_lowercase().as_slice()), "{text:?}");
            assert_eq!(letters.opens_high(), len > 0 && bytes[0].is_ascii_uppercase(), "{text:?}");
            let all = len > 1 && bytes[..len].iter().all(u8::is_ascii_uppercase);
            assert_eq!(letters.are_all_capitals(), all, "{text:?}");
        };
        for text in ["", "a", "A", "NATO", "NATo", "United", "iPhone", "it's", "x9", "naïve", "é", "Az[", "Z@`{"] {
            check(text);
        }
        for text in ["ABCDEFGH", "ABCDEFGHi", "abcdefghIJKLMNOP", "ABCDEFGHIJKLMNOP", "ABCDEFGHIJKLMNOPQ"] {
            check(text);
        }
        for c in '\0'..='\u{ff}' {
            check(&format!("{c}"));
            check(&format!("Ab{c}d"));
            check(&format!("Abcdefghij{c}"));
        }
        assert_eq!(Letters::at(b"fifteen bytes..", 0), None);
        assert_eq!(Letters::at(b"", 1), None);
    }

    #[test]
    fn reads_a_word_inside_a_text() {
        let text = b"the United States of America, and more";
        assert_eq!(Key::of_short_ascii(text, 4, 6), Some(Key::of(b"united")));
        assert_eq!(Key::of_short_ascii(text, 34, 4), Some(Key::of(b"more")));
    }

    #[test]
    fn tells_words_apart() {
        let words = ["", "a", "aa", "a\0", "aaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaab"];
        for (at, a) in words.iter().enumerate() {
            for b in &words[at + 1..] {
                assert_ne!(Key::of(a.as_bytes()), Key::of(b.as_bytes()), "{a:?} {b:?}");
            }
        }
    }
}
