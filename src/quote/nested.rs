//! Quotes inside quotes: what a speaker says that somebody else has said. What speakers quote of themselves, or put into
//! everybody's mouth, stays theirs.

use std::ops::Range;

use super::{
    attribution::Scene,
    content::Piece,
    mention::{self, Kind},
    words::Words,
};
use crate::text::{Class, Mark, Span, token::Shape};

/// The most tokens between a nested quote's cue and its opening mark: "told me,".
const MAX_TO_MARK: usize = 3;
/// The most tokens between its source and its cue.
const MAX_TO_CUE: usize = 2;

/// A quote inside a quote.
#[derive(Debug)]
pub(super) struct Nested {
    /// The piece it stands in.
    pub(super) outer: usize,
    /// Its marks, and what they enclose.
    pub(super) whole: Span,
    /// What stands between its marks.
    pub(super) span: Span,
    /// Who said it, as a place among the mentions.
    pub(super) mention: usize,
    /// The tokens that say so.
    pub(super) cue: Range<usize>,
}

/// The nested quotes of a document, in reading order.
pub(super) fn find(scene: &Scene) -> Vec<Nested> {
    let words = scene.words;
    let marked = scene.pieces.partition_point(|piece| piece.is_marked);
    let nested = words.document.marks.iter().filter(|mark| mark.depth == 1 && mark.is_closed());
    nested.filter_map(|mark| one(scene, &scene.pieces[..marked], *mark)).collect()
}

fn one(scene: &Scene, pieces: &[Piece], mark: Mark) -> Option<Nested> {
    let words = scene.words;
    let span = mark.inside().trim(&words.document.text);
    let outer = pieces.partition_point(|piece| piece.span.end < mark.close.end);
    let of = pieces.get(outer).filter(|piece| piece.span.begin <= mark.open.begin)?;
    let open = words.at_byte(mark.open.begin);
    let first = words.at_byte(span.begin);
    if first >= words.len() || !words.is(first, Shape::CAPITALISED) {
        return None;
    }
    let begin = words.sentence_tokens(open).start.max(of.inner.start);
    let comma = open.checked_sub(1).filter(|&at| at > begin && matches!(words.text(at), "," | ":"))?;
    let to_cue = (begin..comma).rev().take(MAX_TO_MARK).take_while(|&at| words.is(at, Shape::WORD));
    let cue = to_cue.into_iter().find(|&at| words.on(at, Class::CUE))?;
    let mention = mention::last_before(&scene.mentions, cue)?;
    let source = Some(&scene.mentions[mention]).filter(|source| source.tokens.end <= cue)?;
    // "People say, …" quotes nobody.
    let is_somebody = match source.kind {
        Kind::Name | Kind::Pronoun => true,
        Kind::Nominal => words.on(source.tokens.start, Class::DETERMINER),
        _ => false,
    };
    let is_other = is_somebody && !words.text(cue).ends_with("ing");
    let source = &source.tokens;
    let is_near = is_other && source.start >= begin && cue - source.end <= MAX_TO_CUE;
    let is_bare = is_near && (source.end..cue).all(|at| words.is(at, Shape::WORD));
    is_bare.then(|| Nested { outer, whole: mark.whole(), span, mention, cue: cue..cue + 1 })
}

/// What is left of a stretch without the nested quotes in it.
pub(super) fn without(words: &Words, span: Span, nested: &[Nested]) -> Vec<Span> {
    let text = &words.document.text;
    let mut rest = Vec::new();
    let mut begin = span.begin;
    for end in nested.iter().map(|nested| nested.whole.begin).chain([span.end]).enumerate() {
        let (at, end) = end;
        let piece = Span { begin, end: end.max(begin) }.trim(text);
        if piece.of(text).chars().any(char::is_alphanumeric) {
            rest.push(piece);
        }
        begin = nested.get(at).map_or(span.end, |nested| nested.whole.end);
    }
    // A mark that combines with nothing is a word all the same.
    if rest.is_empty() {
        rest.push(span);
    }
    rest
}
