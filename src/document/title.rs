//! Tells the headline from the body.

use std::collections::HashSet;

use super::boilerplate::{
    line::{Case, Ending, Line, Piece, Scan},
    phrase::{Verdict, WordClass},
};

/// The most words a headline holds.
const MAX_WORDS: u32 = 24;
/// The most bytes a headline holds.
const MAX_BYTES: usize = 220;
/// The fewest words of a headline among a page's other lines.
const MIN_WORDS_ABOVE: u32 = 4;
/// The most words that name the place of a dateline.
const MAX_PLACE_WORDS: usize = 4;
/// How many of the first lines are compared with a headline that was given.
const LINES_COMPARED: usize = 8;

/// How many of a page's lines above its article may be the headline.
const LINES_ABOVE: usize = 8;

/// Which of the lines is the headline: one that reads like the `given` one, or, where none was given, the first line
/// that is no furniture, if it reads as a headline and a body follows. A text of one line is a sentence, not a title.
pub(super) fn find(text: &str, scan: &Scan, furniture: &[bool], given: &str) -> Option<usize> {
    let mut body = (0..scan.lines.len()).filter(|&at| !furniture[at]);
    if !given.trim().is_empty() {
        let given = Scan::of_line(given);
        return body.take(LINES_COMPARED).find(|&at| {
            let line = &scan.lines[at];
            !line.long && line.words <= 2 * MAX_WORDS && is_near(&scan.head_again(text, line), &given.pieces)
        });
    }
    let first = body.next()?;
    let next = body.next()?;
    reads_as_headline(text, scan, &scan.lines[first], &scan.lines[next]).then_some(first)
}

/// Which line above a whole page's article is its headline: the nearest that reads as one, and that no phrase or shape tells
/// to be furniture. Between the two stand a byline, a date, buttons.
pub(super) fn above(text: &str, scan: &Scan, furniture: &[bool], verdicts: &[Option<Verdict>]) -> Option<usize> {
    let first = furniture.iter().position(|&furniture| !furniture)?;
    (first.saturating_sub(LINES_ABOVE)..first).rev().find(|&at| {
        let line = &scan.lines[at];
        verdicts[at].is_none()
            && line.words >= MIN_WORDS_ABOVE
            && !line.classes.any(WordClass::ROLE.with(WordClass::CREDIT).with(WordClass::SOCIAL))
            && line.numbers * 3 < line.words
            && reads_as_headline(text, scan, line, &scan.lines[first])
    })
}

/// Whether a line reads as the headline of the one after it.
fn reads_as_headline(text: &str, scan: &Scan, line: &Line, next: &Line) -> bool {
    if line.long
        || line.words > MAX_WORDS
        || line.span.len_bytes() > MAX_BYTES
        || line.words < 3
        || line.inner_stops > 1
    {
        return false;
    }
    let asks = line.ending == Ending::Stop
        && line.inner_stops == 0
        && line.words <= 16
        && !line.full_stop
        && !opens_with_dateline(&scan.head_again(text, line));
    let ends_open = line.ending == Ending::Open && !line.comma;
    let opens_low = line.opens_low && line.capitalised == 0;
    (ends_open || asks) && !opens_low && next.words >= 5 && next.span.len_bytes() * 2 > line.span.len_bytes()
}

/// Whether a line opens as a wire story's first sentence does: a place, perhaps, and who sent it, as in "Leeds, England (CNN)
/// What …".
fn opens_with_dateline(pieces: &[Piece]) -> bool {
    let is_mark = |piece: &Piece, mark: char| piece.case == Case::Mark && piece.hash == u64::from(mark);
    let is_high = |piece: &Piece| matches!(piece.case, Case::Capitalised | Case::Capitals);
    let Some(place) = pieces.iter().take(MAX_PLACE_WORDS + 1).position(|piece| is_mark(piece, '(')) else {
        return false;
    };
    let [agency, close, next, ..] = &pieces[place + 1..] else { return false };
    pieces[..place].iter().all(is_high) && agency.case == Case::Capitals && is_mark(close, ')') && is_high(next)
}

/// Whether two lines hold nearly the same words: four in five, or all of the shorter one's where the other only adds
/// the site's name.
pub(super) fn is_near(line: &[Piece], given: &[Piece]) -> bool {
    let words = |pieces: &[Piece]| -> HashSet<u64> {
        pieces.iter().filter(|piece| piece.case != Case::Mark).map(|piece| piece.hash).collect()
    };
    let (line, given) = (words(line), words(given));
    let common = line.intersection(&given).count();
    let all = line.len() + given.len() - common;
    let shorter = line.len().min(given.len());
    all > 0 && (common * 5 >= all * 4 || shorter >= 4 && common == shorter && all - shorter <= 4)
}
