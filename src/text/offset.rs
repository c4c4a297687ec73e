//! Offsets in the caller's units.

use super::Span;

/// The units a caller counts offsets in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes of UTF-8.
    #[default]
    Utf8,
    /// Code units of UTF-16.
    Utf16,
    /// Code points.
    Utf32,
}

/// Turns `spans` of `text` into `encoding`, in their order: one forward pass over the text however many there are.
#[must_use]
pub fn encode(text: &str, spans: &[Span], encoding: Encoding) -> Vec<Span> {
    if encoding == Encoding::Utf8 || text.is_ascii() {
        return spans.to_vec();
    }
    let mut offsets: Vec<u32> = spans.iter().flat_map(|span| [span.begin, span.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut encoded = Vec::with_capacity(offsets.len());
    let (mut bytes, mut units) = (0, 0);
    for &offset in &offsets {
        let stretch = &text[bytes..offset as usize];
        units += match encoding {
            Encoding::Utf16 => stretch.chars().map(char::len_utf16).sum(),
            Encoding::Utf8 | Encoding::Utf32 => stretch.chars().count(),
        };
        bytes = offset as usize;
        encoded.push(units);
    }
    let place = |offset: u32| encoded[offsets.partition_point(|&o| o < offset)];
    spans.iter().map(|span| Span::new(place(span.begin), place(span.end))).collect()
}
