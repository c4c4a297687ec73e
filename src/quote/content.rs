//! The stretches between quotation marks, which may be quotes.

use std::ops::Range;

use super::{transcript, words::Words};
use crate::{
    document::Role,
    text::{Mark, Span, token::Shape},
};

/// A stretch that may be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its tokens, marks too.
    pub tokens: Range<usize>,
    /// Its tokens without the marks.
    pub inner: Range<usize>,
    /// What stands between the marks, without the white space at its ends.
    pub span: Span,
    /// The paragraph it stands in.
    pub paragraph: usize,
    /// It goes on with what the piece before, whose mark no glyph closes, began in the paragraph before.
    pub continues: bool,
    /// Whether a glyph closes it.
    pub is_closed: bool,
    /// Whether marks enclose it, or it is the reporter's own words that are reported.
    pub is_marked: bool,
}

/// The stretches between outermost marks, in reading order; furniture left out.
#[must_use]
pub fn pieces(words: &Words) -> Vec<Piece> {
    let document = words.document;
    let mut pieces: Vec<Piece> = Vec::new();
    for mark in document.marks.iter().filter(|mark| mark.depth == 0) {
        let Some(piece) = piece(words, *mark) else { continue };
        let sentence = words.sentence(piece.tokens.start);
        if sentence.role == Role::Boilerplate {
            continue;
        }
        let opens_paragraph = document.paragraphs[piece.paragraph].span.begin == mark.open.begin;
        let continues = opens_paragraph
            && transcript::label(words, piece.inner.clone()).is_none()
            && pieces.last().is_some_and(|last| {
                !last.is_closed
                    && last.paragraph + 1 == piece.paragraph
                    && last.span.end + 2 >= document.paragraphs[last.paragraph].span.end
            });
        pieces.push(Piece { continues, ..piece });
    }
    pieces
}

fn piece(words: &Words, mark: Mark) -> Option<Piece> {
    let span = mark.inside().trim(&words.document.text);
    let tokens = words.at_byte(mark.open.begin)..words.at_byte(mark.close.end.max(span.end));
    let inner = words.at_byte(span.begin)..words.at_byte(span.end);
    let holds_words = inner.clone().any(|at| words.is(at, Shape::WORD));
    (holds_words && tokens.start < inner.start.max(1) + 1 && tokens.start < words.len()).then(|| Piece {
        paragraph: words.paragraph(inner.start),
        tokens,
        inner,
        span,
        continues: false,
        is_closed: mark.is_closed(),
        is_marked: true,
    })
}

/// What is reported in one go: a stretch of the reporter's words, of quoted pieces, or of both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Its tokens.
    pub tokens: Range<usize>,
    /// The pieces in it, as places among all.
    pub pieces: Range<usize>,
}

/// Lays `stretches` and quoted pieces over each other, in reading order. A stretch without a piece becomes one.
#[must_use]
pub fn contents(words: &Words, pieces: &mut Vec<Piece>, stretches: &[Range<usize>]) -> Vec<Content> {
    let marked = pieces.len();
    let mut contents: Vec<Content> = Vec::with_capacity(stretches.len() + marked);
    let mut next = 0;
    for stretch in stretches {
        // A piece over several sentences was laid out with the first of them.
        let covered = contents.last().map_or(0, |content| content.tokens.end);
        let stretch = stretch.start.max(covered)..stretch.end;
        if !stretch.clone().any(|at| words.is(at, Shape::WORD)) {
            continue;
        }
        while next < marked && pieces[next].tokens.end <= stretch.start {
            contents.push(Content { tokens: pieces[next].tokens.clone(), pieces: next..next + 1 });
            next += 1;
        }
        let first = next;
        let mut tokens = stretch.clone();
        while next < marked && pieces[next].tokens.start < stretch.end {
            tokens = tokens.start.min(pieces[next].tokens.start)..tokens.end.max(pieces[next].tokens.end);
            next += 1;
        }
        if first == next {
            let at = pieces.len();
            pieces.push(reported(words, &stretch));
            contents.push(Content { tokens, pieces: at..at + 1 });
        } else {
            contents.push(Content { tokens, pieces: first..next });
        }
    }
    let rest = pieces[..marked].iter().enumerate().skip(next);
    contents.extend(rest.map(|(at, piece)| Content { tokens: piece.tokens.clone(), pieces: at..at + 1 }));
    contents
}

/// A stretch of the reporter's words.
fn reported(words: &Words, tokens: &Range<usize>) -> Piece {
    Piece {
        tokens: tokens.clone(),
        inner: tokens.clone(),
        span: words.span(tokens),
        paragraph: words.paragraph(tokens.start),
        continues: false,
        is_closed: true,
        is_marked: false,
    }
}
