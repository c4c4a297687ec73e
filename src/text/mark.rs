//! Quotation marks: the glyphs, and which of them pair.
//!
//! Glyphs that say which side they stand on are believed; the others are judged by what stands next to them, as
//! `CommonMark` judges its delimiters, and by what is open. A single mark has to be told from an apostrophe: it pairs
//! only where both its ends are sure.

mod glyph;

use glyph::{Family, Glyph};

use super::Span;

/// How deep marks may nest: what is deeper is no quotation but noise.
const MAX_DEPTH: usize = 8;

/// A pair of quotation marks and what it encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The opening glyph.
    pub open: Span,
    /// The closing glyph; empty, at the end of the paragraph or before the glyph that opens the next quotation, where
    /// the quotation runs on or is never closed.
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

    /// Whether a glyph closes it.
    #[must_use]
    pub fn is_closed(self) -> bool {
        !self.close.is_empty()
    }
}

/// Pairs the quotation marks of a paragraph, adding them to `marks` in the order of their opening glyphs.
pub fn pair(text: &str, paragraph: Span, marks: &mut Vec<Mark>) {
    let glyphs = glyph::find(text, paragraph);
    if glyphs.is_empty() {
        return;
    }
    let first = marks.len();
    let mut pairing = Pairing { text, paragraph, open: Vec::new(), marks };
    let closer_ahead = sure_closer_ahead(&glyphs);
    for (at, glyph) in glyphs.iter().enumerate() {
        match glyph.family {
            Family::Single => pairing.single(glyph, closer_ahead[at]),
            _ => pairing.meet(glyph, glyphs.get(at + 1..).unwrap_or_default()),
        }
    }
    pairing.finish();
    keep_pairs(text, first, marks);
}

/// For each glyph, whether a single mark that surely closes stands behind it, before any that surely opens.
fn sure_closer_ahead(glyphs: &[Glyph]) -> Vec<bool> {
    let mut ahead = vec![false; glyphs.len()];
    let mut is_ahead = false;
    for (at, glyph) in glyphs.iter().enumerate().rev() {
        ahead[at] = is_ahead;
        if glyph.family == Family::Single {
            is_ahead = glyph.closes_surely || (is_ahead && !glyph.opens);
        }
    }
    ahead
}

/// The quotations open at a place, and what has been found before it.
struct Pairing<'p> {
    text: &'p str,
    paragraph: Span,
    /// The open quotations, innermost last: the opening glyphs and their places in `marks`.
    open: Vec<(Glyph, usize)>,
    /// A quotation not closed yet has a closing glyph that stands before its opening one.
    marks: &'p mut Vec<Mark>,
}

impl Pairing<'_> {
    /// A glyph of any family but single marks.
    fn meet(&mut self, glyph: &Glyph, rest: &[Glyph]) {
        let Some(depth) = self.open.iter().rposition(|(open, _)| open.family == glyph.family) else {
            if glyph.opens {
                self.open(glyph);
            }
            return;
        };
        if self.closes(glyph, self.open[depth].0, rest) {
            self.close(depth, glyph.span);
        } else if glyph.nests() {
            self.open(glyph);
        } else {
            // The same marks do not nest: the quotation before was never closed.
            let end = self.text[..glyph.span.begin as usize].trim_end().len();
            self.close(depth, Span::new(end, end));
            self.open(glyph);
        }
    }

    fn closes(&self, glyph: &Glyph, open: Glyph, rest: &[Glyph]) -> bool {
        if glyph.is_opener_of(self.text, open) {
            return false;
        }
        if glyph.closes || !glyph.opens {
            return true;
        }
        // A glyph that seems to open while the same is open closes, unless the next one of its kind closes.
        let next = rest.iter().find(|next| next.family == glyph.family);
        !next.is_some_and(|next| next.closes)
    }

    /// A single mark, or an apostrophe.
    fn single(&mut self, glyph: &Glyph, sure_closer_ahead: bool) {
        let open = self.open.last().filter(|(open, _)| open.family == Family::Single);
        if open.is_some() && glyph.closes && (glyph.closes_surely || !sure_closer_ahead) {
            self.close(self.open.len() - 1, glyph.span);
        } else if open.is_none() && glyph.opens {
            self.open(glyph);
        }
    }

    fn open(&mut self, glyph: &Glyph) {
        if self.open.len() < MAX_DEPTH {
            self.open.push((*glyph, self.marks.len()));
            self.marks.push(Mark { open: glyph.span, close: Span::default(), depth: 0 });
        }
    }

    /// Closes the quotation at `depth`, and forgets those open inside it: their glyphs were apostrophes, or mistakes.
    fn close(&mut self, depth: usize, close: Span) {
        self.marks[self.open[depth].1].close = close;
        self.open.truncate(depth);
    }

    /// A quotation not closed by the paragraph's end runs on into the next one, or the glyph was forgotten. A single mark
    /// that nothing closes is an apostrophe, unless the next paragraph opens with the same.
    fn finish(&mut self) {
        let end = self.paragraph.end as usize;
        let next = self.text[end..].trim_start();
        let runs_on =
            |open: &Glyph| open.span.begin == self.paragraph.begin && next.starts_with(&self.text[open.span.range()]);
        let outermost = self.open.iter().position(|(open, _)| open.family != Family::Single || runs_on(open));
        if let Some(depth) = outermost {
            self.close(depth, Span::new(end, end));
        }
    }
}

/// Drops what was never closed or encloses nothing, and says how deep the others stand.
fn keep_pairs(text: &str, first: usize, marks: &mut Vec<Mark>) {
    let mut kept = first;
    let mut ends: Vec<u32> = Vec::new();
    for at in first..marks.len() {
        let mut mark = marks[at];
        if mark.close.end < mark.open.end || mark.inside().of(text).trim().is_empty() {
            continue;
        }
        while ends.last().is_some_and(|&end| end < mark.close.end) {
            ends.pop();
        }
        mark.depth = u8::try_from(ends.len()).unwrap_or(u8::MAX);
        ends.push(mark.close.end);
        marks[kept] = mark;
        kept += 1;
    }
    marks.truncate(kept);
}

#[cfg(test)]
mod tests;
