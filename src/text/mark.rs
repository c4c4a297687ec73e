//! Quotation marks: the glyphs, and which of them pair.

use super::Span;

/// A pair of quotation marks and what it encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The opening glyph.
    pub open: Span,
    /// The closing glyph; empty, at the end of the paragraph, where the quote runs on into the next one or is never
    /// closed.
    pub close: Span,
    /// How many pairs enclose this one.
    pub depth: u8,
}

impl Mark {
    /// What stands between the marks.
    #[must_use]
    pub fn inside(self) -> Span {
        Span { begin: self.open.end, end: self.close.begin }
    }

    /// Marks and what stands between them.
    #[must_use]
    pub fn whole(self) -> Span {
        Span { begin: self.open.begin, end: self.close.end }
    }
}

/// Pairs the quotation marks of a paragraph, adding them to `marks` in the order of their opening glyphs.
pub fn pair(text: &str, paragraph: Span, marks: &mut Vec<Mark>) {
    let content = paragraph.of(text);
    let base = paragraph.begin as usize;
    let mut open = None;
    for (at, c) in content.char_indices() {
        let glyph = Span::new(base + at, base + at + c.len_utf8());
        match (c, open) {
            ('“', _) | ('"', None) => open = Some(glyph),
            ('”' | '"', Some(opening)) => {
                marks.push(Mark { open: opening, close: glyph, depth: 0 });
                open = None;
            }
            _ => {}
        }
    }
}
