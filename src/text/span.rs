//! A stretch of a text.

use std::ops::Range;

use super::script::is_bare;

/// A stretch of a text: half-open, in bytes of UTF-8, on character boundaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub begin: u32,
    /// The byte after the last one.
    pub end: u32,
}

impl Span {
    /// # Panics
    ///
    /// When an offset does not fit 32 bits: texts are limited to 2 GiB long before.
    #[must_use]
    pub fn new(begin: usize, end: usize) -> Self {
        let offset = |bytes: usize| u32::try_from(bytes).unwrap_or_else(|_| panic!("a text of at most 4 GiB"));
        Self { begin: offset(begin), end: offset(end) }
    }

    /// The stretch of `text` this is.
    #[must_use]
    pub fn of(self, text: &str) -> &str {
        &text[self.range()]
    }

    /// As a range of bytes.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.begin as usize..self.end as usize
    }

    /// How many bytes it holds.
    #[must_use]
    pub fn len_bytes(self) -> usize {
        (self.end - self.begin) as usize
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.begin == self.end
    }

    /// Whether all of `other` lies in it.
    #[must_use]
    pub fn contains(self, other: Span) -> bool {
        self.begin <= other.begin && other.end <= self.end
    }

    /// Whether the two share a byte.
    #[must_use]
    pub fn overlaps(self, other: Span) -> bool {
        self.begin < other.end && other.begin < self.end
    }

    /// The stretch without the white space at either end.
    #[must_use]
    pub fn trim(self, text: &str) -> Self {
        let content = self.of(text);
        if is_bare(content) {
            return self;
        }
        let begin = self.begin as usize + (content.len() - content.trim_start().len());
        Self::new(begin, begin + content.trim().len())
    }
}
