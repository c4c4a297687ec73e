//! Learned weights: what a feature adds, looked up by the feature's fingerprint.
//!
//! Features are hashed into tables of fixed size (the hashing trick: Weinberger et al. 2009), a signed byte each and a
//! scale for all; `examples/learn_quotes.rs` writes them.

use std::sync::LazyLock;

/// The tables, one behind the other: the binary logarithm of its size in a byte, its scale as a little-endian
/// `f32`, then its weights.
static FILE: &[u8] = include_bytes!("../../data/quote_weights.bin");

/// A table of weights.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table<'w> {
    scale: f32,
    weights: &'w [u8],
}

/// What the quotes' decisions weigh.
#[derive(Debug)]
pub struct Weights {
    /// Which mention a quote belongs to.
    pub attribution: Table<'static>,
    /// Which words are reported, a row of four for each feature.
    pub label: Table<'static>,
}

static LEARNED: LazyLock<Weights> = LazyLock::new(|| {
    let (attribution, rest) = Table::read(FILE);
    let (label, _) = Table::read(rest);
    Weights { attribution, label }
});

impl Weights {
    /// Those that come with the library.
    #[must_use]
    pub fn learned() -> &'static Self {
        &LEARNED
    }
}

impl<'w> Table<'w> {
    /// Reads the first table of `file`; answers what stands behind it too. A file that ends too soon holds empty tables.
    #[must_use]
    pub fn read(file: &'w [u8]) -> (Self, &'w [u8]) {
        let Some((&[bits, a, b, c, d], rest)) = file.split_first_chunk() else { return (Self::default(), &[]) };
        let (weights, rest) = rest.split_at_checked(1 << bits).unwrap_or((&[], &[]));
        (Self { scale: f32::from_le_bytes([a, b, c, d]), weights }, rest)
    }

    /// Writes a table of as many weights as a power of two, which [`Table::read`] reads.
    pub fn write(weights: &[f32], file: &mut Vec<u8>) {
        let largest = weights.iter().fold(f32::MIN_POSITIVE, |largest, weight| largest.max(weight.abs()));
        let scale = largest / 127.0;
        file.push(u8::try_from(weights.len().ilog2()).unwrap_or_default());
        file.extend(scale.to_le_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "at most 127")]
        file.extend(weights.iter().map(|weight| ((weight / scale).round() as i8).to_le_bytes()[0]));
    }

    /// A sum to add features to.
    #[must_use]
    pub fn sum(&self) -> Sum<'_> {
        Sum { table: self, sum: 0 }
    }

    /// The sum of the rows of four that the features name.
    #[must_use]
    pub fn row(&self, features: &[u32]) -> [i32; 4] {
        let mut sums = [0; 4];
        let (rows, _) = self.weights.as_chunks::<4>();
        if rows.is_empty() {
            return sums;
        }
        let row = |feature: u32| u64::from(u32::from_le_bytes(rows[feature as usize & (rows.len() - 1)]));
        for features in features.chunks(SUMMED_AT_ONCE) {
            let (mut even, mut odd) = (0, 0);
            let mut add = |two_rows: u64| {
                let raised = two_rows ^ (EACH_BYTE * u64::from(RAISED_BY));
                even += raised & EVEN_BYTES;
                odd += raised >> 8 & EVEN_BYTES;
            };
            let (pairs, rest) = features.as_chunks();
            for &[one, other] in pairs {
                add(row(one) | row(other) << 32);
            }
            for &last in rest {
                add(row(last));
            }
            let raised_by =
                i32::from(RAISED_BY) * i32::try_from(features.len().next_multiple_of(2)).unwrap_or_default();
            let [even, odd] =
                [even, odd].map(|fields| [0, 16].map(|at| field(fields, at) + field(fields, at + 32) - raised_by));
            for (sum, here) in sums.iter_mut().zip([even[0], odd[0], even[1], odd[1]]) {
                *sum += here;
            }
        }
        sums
    }

    /// What one unit of [`Table::row`] weighs.
    #[must_use]
    pub fn scale(&self) -> f32 {
        self.scale
    }
}

/// What some features add up to.
#[derive(Clone, Copy, Debug)]
pub struct Sum<'t> {
    table: &'t Table<'t>,
    sum: i32,
}

impl Sum<'_> {
    /// The sum, as the weights are scaled.
    #[must_use]
    pub fn score(self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a sum of a few bytes")]
        let sum = self.sum as f32;
        sum * self.table.scale
    }
}

impl Extend<u32> for Sum<'_> {
    #[inline]
    fn extend<T: IntoIterator<Item = u32>>(&mut self, features: T) {
        let weights = self.table.weights;
        if weights.is_empty() {
            return;
        }
        for feature in features {
            self.sum += i32::from(signed(weights[feature as usize & (weights.len() - 1)]));
        }
    }
}

/// Two rows of four bytes are added at once, in fields of 16 bits: the even bytes and the odd ones, each raised by 128, which
/// leaves none below zero. So many features surely fit.
const SUMMED_AT_ONCE: usize = 512;
const RAISED_BY: u8 = 128;
const EACH_BYTE: u64 = u64::MAX / 255;
const EVEN_BYTES: u64 = u64::MAX / 257;

/// The field of 16 bits that begins at bit `at`.
fn field(fields: u64, at: u32) -> i32 {
    i32::from(u16::try_from(fields >> at & 0xffff).unwrap_or_default())
}

fn signed(byte: u8) -> i8 {
    i8::from_le_bytes([byte])
}

/// The fingerprint of a feature: which one it is, and its value.
#[inline]
#[must_use]
pub const fn feature(template: u32, value: u32) -> u32 {
    let mixed = ((template as u64) << 32 | value as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ mixed >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed >> 32) as u32
}

/// Several values as one.
#[inline]
#[must_use]
pub const fn mix(values: &[u32]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut at = 0;
    while at < values.len() {
        hash = (hash.rotate_left(5) ^ values[at]).wrapping_mul(0x9e37_79b1);
        at += 1;
    }
    hash
}
