//! How a candidate stands to a quote, as features of a log-linear model.

use std::ops::Range;

use super::{
    Candidate, Scene,
    pattern::{Reader, Side, Stretch},
};
use crate::{
    cancel::{Cancel, Cancelled},
    document::Role,
    quote::{
        content::Piece,
        mention::{Kind, Mention},
        reported::Label,
        weight::{feature, mix},
        words::{Words, range},
    },
    text::{Class, token::Shape},
};

/// The symbol of a token inside a piece.
pub(in crate::quote) const PIECE: u8 = 8;
const WORD: u8 = 0;
pub(super) const COMMA: u8 = 1;
pub(super) const STOP: u8 = 2;
const COLON: u8 = 3;
const DASH: u8 = 4;
const OTHER: u8 = 5;
const CUE: u8 = 6;
/// That of a token of a name or noun phrase.
pub(in crate::quote) const MENTION: u8 = 7;
const THAT: u8 = 9;
const PREPOSITION: u8 = 10;
const AUXILIARY: u8 = 11;
const FUNCTION: u8 = 12;
pub(super) const PARAGRAPH: u8 = 13;
const PRONOUN: u8 = 14;
const POSSESSIVE: u8 = 15;
/// How many symbols of tokens there are.
pub(in crate::quote) const COUNT: usize = 16;
/// Beyond the text.
pub(super) const NOTHING: u8 = 16;
/// The label of a token whose sentence is not labelled.
const UNLABELLED: u32 = 4;

/// How many symbols between a piece and its candidate are told apart, how many of them next to the piece, and how many between
/// the mention and its cue.
const MAX_SYMBOLS: usize = 7;
const MAX_NEAR_SYMBOLS: usize = 2;
const MAX_INNER_SYMBOLS: usize = 4;

/// What each token is to a pattern.
pub(super) fn symbols(
    words: &Words,
    mentions: &[Mention],
    pieces: &[Piece],
    cancel: Cancel<'_>,
) -> Result<Vec<u8>, Cancelled> {
    // What most words are hangs on their classes alone: those are told without branches that nobody can foresee.
    let vocabulary = &words.document.vocabulary;
    let by_writing = ["that", "'s"].map(|word| vocabulary.find(word));
    let ids = 0..u32::try_from(vocabulary.word_count()).unwrap_or(u32::MAX);
    let of_words: Vec<u8> = ids.map(|id| symbol_of_classes(vocabulary.word(id).classes)).collect();
    let mut symbols = Vec::with_capacity(words.len());
    for sentence in &words.document.sentences {
        cancel.check()?;
        symbols.extend(range(&sentence.tokens).map(|at| {
            let token = words.token(at);
            if token.shape.is(Shape::WORD) && !by_writing.contains(&Some(token.word)) {
                of_words[token.word as usize]
            } else {
                symbol(words, at)
            }
        }));
    }
    for mention in mentions {
        let symbol = if matches!(mention.kind, Kind::Name | Kind::Nominal) { MENTION } else { PRONOUN };
        symbols[mention.tokens.clone()].fill(symbol);
    }
    for piece in pieces.iter().filter(|piece| piece.is_marked) {
        symbols[piece.tokens.clone()].fill(PIECE);
    }
    Ok(symbols)
}

/// What a word is by its classes.
fn symbol_of_classes(classes: Class) -> u8 {
    const SYMBOLS: [u8; 16] = {
        let mut symbols = [CUE; 16];
        let mut at = 0;
        while at < 8 {
            symbols[at] = match at {
                0 => WORD,
                1 => FUNCTION,
                2 | 3 => AUXILIARY,
                _ => PREPOSITION,
            };
            at += 1;
        }
        symbols
    };
    let [cue, preposition, auxiliary, stop] =
        [Class::CUE, Class::PREPOSITION, Class::AUXILIARY, Class::STOP].map(|class| usize::from(classes.any(class)));
    SYMBOLS[cue << 3 | preposition << 2 | auxiliary << 1 | stop]
}

/// What a token is by itself.
fn symbol(words: &Words, at: usize) -> u8 {
    let written = words.text(at).as_bytes();
    if words.is(at, Shape::WORD) {
        return match written {
            b"that" => THAT,
            b"'s" | [0xe2, 0x80, 0x99, b's'] => POSSESSIVE,
            _ => symbol_of_classes(words.classes[at]),
        };
    }
    // A mark of ASCII is a token of one byte; those beyond are the ellipsis and the dashes.
    match written {
        b"," => COMMA,
        b"." | b"!" | b"?" | b";" | [0xe2, 0x80, 0xa6] => STOP,
        b":" => COLON,
        b"-" | [0xe2, 0x80, 0x93..=0x95] => DASH,
        _ => OTHER,
    }
}

fn symbol_at(scene: &Scene, at: Option<usize>) -> u32 {
    u32::from(at.and_then(|at| scene.symbols.get(at)).copied().unwrap_or(NOTHING))
}

/// The print of a token; 0 beyond the text.
fn print_at(words: &Words, at: usize) -> u32 {
    if at < words.len() { words.print(at) } else { 0 }
}

fn bucket(count: usize) -> u32 {
    match count {
        0..4 => u32::try_from(count).unwrap_or_default(),
        4..6 => 4,
        6..9 => 5,
        9..14 => 6,
        14..24 => 7,
        24..48 => 8,
        _ => 9,
    }
}

/// How the piece itself is written, what the sentence's labels say of it, and what stands around it.
#[derive(Debug)]
pub struct Manner {
    length: u32,
    opening: u32,
    ending: u32,
    before: u32,
    after: u32,
    before_print: u32,
    labels: u32,
    left: Side,
    right: Side,
}

impl Manner {
    /// Reads a piece, once for all its candidates.
    #[must_use]
    pub fn of(scene: &Scene, piece: usize) -> Self {
        let words = scene.words;
        let piece = &scene.pieces[piece];
        let label = |at: usize| scene.label(at, piece);
        let inner = piece.inner.clone();
        let count = inner.clone().filter(|&at| words.is(at, Shape::WORD)).count();
        let capitalised =
            inner.clone().filter(|&at| words.is(at, Shape::WORD) && words.is(at, Shape::CAPITALISED)).count();
        let is_titled = count > 1 && capitalised * 3 >= count * 2;
        let first = inner.clone().find(|&at| words.is(at, Shape::WORD));
        let opens_low = first.is_some_and(|at| !words.is(at, Shape::CAPITALISED));
        let last = inner.end.checked_sub(1).filter(|&last| last >= inner.start);
        let before = piece.tokens.start.checked_sub(1);
        Self {
            length: bucket(count),
            opening: u32::from(opens_low) + 2 * u32::from(is_titled) + 4 * u32::from(!piece.is_marked),
            ending: last.map_or(u32::from(NOTHING), |at| u32::from(symbol(words, at)).min(5)),
            before: symbol_at(scene, before),
            after: symbol_at(scene, Some(piece.tokens.end)),
            before_print: before.map_or(0, |at| words.print(at)),
            labels: mix(&[label(inner.start), last.map_or(UNLABELLED, label)]),
            left: Side::new(MAX_SYMBOLS, MAX_NEAR_SYMBOLS),
            right: Side::new(MAX_SYMBOLS, MAX_NEAR_SYMBOLS),
        }
    }
}

/// Adds the features of `candidate` for the piece, which is written in this `manner`.
pub fn push(
    scene: &Scene,
    piece: usize,
    manner: &mut Manner,
    candidate: &Candidate,
    carried: Option<usize>,
    features: &mut impl Extend<u32>,
) {
    let of = &scene.pieces[piece];
    match candidate {
        Candidate::NoQuote => null(scene, of, manner, 1, features),
        Candidate::Nobody => null(scene, of, manner, 2, features),
        Candidate::Source { mention, cue } => source(scene, piece, manner, *mention, cue.as_ref(), carried, features),
    }
}

/// How many tokens before a piece and behind it are looked through for what its sentence holds: a sentence of thousands of
/// quotes is not read anew for each.
const MAX_APART: usize = 256;

/// What speaks against any source.
fn null(scene: &Scene, piece: &Piece, manner: &Manner, which: u32, features: &mut impl Extend<u32>) {
    let words = scene.words;
    let mut add = |template: u32, value: u32| features.extend([feature(template * 4 + which, value)]);
    let sentence = words.sentence_tokens(piece.inner.start);
    let near = sentence.start.max(piece.tokens.start.saturating_sub(MAX_APART))
        ..sentence.end.min(piece.tokens.end + MAX_APART);
    let outside = || near.clone().filter(|&at| !piece.tokens.contains(&at));
    let cues = outside().filter(|&at| scene.symbols[at] == CUE).count();
    let is_title = words.sentence(piece.inner.start).role == Role::Title;
    let last = piece.inner.end - 1;
    add(1, 0);
    add(2, mix(&[manner.length, manner.opening]));
    add(3, mix(&[manner.before, manner.after]));
    add(4, manner.before_print);
    add(5, mix(&[manner.ending, manner.opening]));
    add(6, mix(&[bucket(cues), manner.opening]));
    add(7, u32::from(is_title));
    add(8, mix(&[manner.length, manner.before, manner.ending]));
    add(9, print_at(words, piece.tokens.end));
    add(10, words.print(last));
    add(11, words.print(piece.inner.start));
    add(12, mix(&[manner.length, manner.opening, manner.ending, manner.before, manner.after]));
    let alone = sentence.start >= piece.tokens.start && sentence.end <= piece.tokens.end;
    add(13, mix(&[u32::from(alone), manner.length]));
    let two_before = piece.tokens.start.checked_sub(2).map_or(0, |at| words.print(at));
    add(14, mix(&[two_before, manner.before_print]));
    let holds = |label: Label| u32::from(outside().any(|at| scene.label(at, piece) == label as u32));
    add(15, mix(&[manner.labels, manner.opening, manner.length.min(5)]));
    add(16, mix(&[manner.labels, holds(Label::Cue), holds(Label::Source)]));
}

#[expect(clippy::too_many_lines, reason = "a list of features")]
fn source(
    scene: &Scene,
    piece: usize,
    manner: &mut Manner,
    mention: usize,
    cue: Option<&Range<usize>>,
    carried: Option<usize>,
    features: &mut impl Extend<u32>,
) {
    let words = scene.words;
    let (of, who) = (&scene.pieces[piece], &scene.mentions[mention]);
    let kind = who.kind as u32;
    let link = cue.map_or(who.tokens.clone(), |cue| who.tokens.start.min(cue.start)..who.tokens.end.max(cue.end));
    // The cue stands behind the mention, before it, or there is none.
    let order = cue.map_or(2, |cue| u32::from(cue.start < who.tokens.start));
    let inner_gap = cue.map_or(0..0, |cue| {
        if order == 0 {
            who.tokens.end..cue.start.max(who.tokens.end)
        } else {
            cue.end.min(who.tokens.start)..who.tokens.start
        }
    });
    let (side, gap) = if link.end <= of.tokens.start {
        (0, link.end..of.tokens.start)
    } else if link.start >= of.tokens.end {
        (1, of.tokens.end..link.start)
    } else {
        (if who.tokens.start < of.tokens.start { 2 } else { 3 }, 0..0)
    };
    let inside = side >= 2 && of.tokens.start <= who.tokens.start && who.tokens.end <= of.tokens.end;
    let cue_print = cue.map_or(1, |cue| words.print(cue.start));
    let holds = match side {
        0 => manner.left.before(scene, of, gap.len()),
        _ => manner.right.behind(scene, of, gap.len()),
    };
    let Stretch { pattern: gap_pattern, near_pattern, .. } = holds;
    let [inner_pattern] = Reader::new([MAX_INNER_SYMBOLS]).read_all(scene, inner_gap.clone());
    let place = mix(&[side, order]);
    let sentence = words.sentence_of[who.tokens.start];
    let piece_sentence = words.sentence_of[of.inner.start];
    let last_sentence = words.sentence_of[of.inner.end - 1];
    let sentences_apart = if sentence < piece_sentence {
        10 + bucket((piece_sentence - sentence) as usize)
    } else {
        30 + bucket(sentence.saturating_sub(last_sentence) as usize)
    };
    let paragraphs_apart = bucket(of.paragraph - words.paragraph(who.tokens.start).min(of.paragraph));
    let before = who.tokens.start.checked_sub(1);
    let head = words.print(who.core.end - 1);
    let outer = if side == 0 { link.start.checked_sub(1) } else { Some(link.end) };
    let carry = carried.map_or(0, |carried| {
        let same = carried == mention;
        let same_name = scene.mentions[carried].core.end <= words.len()
            && words.print(scene.mentions[carried].core.end - 1) == head;
        1 + u32::from(same) + u32::from(same_name)
    });
    let last_paragraph =
        piece.checked_sub(1).map_or(9, |last| bucket(of.paragraph.saturating_sub(scene.pieces[last].paragraph)));
    let first_of_sentence = words.sentence_tokens(who.tokens.start).start == who.tokens.start;
    let is_title = words.sentence(who.tokens.start).role == Role::Title;

    let of_mention = scene.label(who.core.end - 1, of);
    let of_cue = cue.map_or(UNLABELLED + 1, |cue| scene.label(cue.start, of));
    features.extend([
        feature(100, mix(&[place, kind])),
        feature(101, mix(&[place, gap_pattern])),
        feature(102, mix(&[place, inner_pattern])),
        feature(103, mix(&[place, inner_pattern, gap_pattern])),
        feature(104, mix(&[place, cue_print])),
        feature(105, mix(&[place, cue_print, near_pattern])),
        feature(106, mix(&[place, kind, sentences_apart])),
        feature(107, mix(&[place, bucket(gap.len())])),
        feature(108, mix(&[side, paragraphs_apart, kind])),
        feature(109, mix(&[place, holds.symbol(MENTION) + holds.symbol(PRONOUN)])),
        feature(110, mix(&[place, holds.symbol(CUE)])),
        feature(111, mix(&[place, holds.symbol(PIECE), sentences_apart])),
        feature(112, mix(&[place, manner.opening, manner.length])),
        feature(113, mix(&[place, manner.before, near_pattern, manner.opening])),
        feature(114, mix(&[place, manner.after, manner.ending, near_pattern])),
        feature(115, mix(&[carry, side, last_paragraph])),
        feature(116, mix(&[carry, kind, sentences_apart])),
        feature(117, mix(&[symbol_at(scene, before), kind, order])),
        feature(118, mix(&[before.map_or(0, |at| words.print(at)), kind])),
        feature(119, mix(&[symbol_at(scene, Some(who.tokens.end)), order, side])),
        feature(120, mix(&[u32::from(first_of_sentence), kind, side, order])),
        feature(121, mix(&[u32::from(inside), u32::from(is_title)])),
        feature(122, head),
        feature(123, mix(&[symbol_at(scene, outer), side, order, sentences_apart])),
        feature(124, mix(&[place, bucket(inner_gap.len())])),
        feature(125, mix(&[cue_print, inner_pattern, order])),
        feature(126, mix(&[place, gap_pattern, manner.opening, manner.before])),
        feature(127, mix(&[place, gap_pattern, manner.after])),
        feature(128, mix(&[cue_print, manner.before, manner.opening, side])),
        feature(129, mix(&[place, inner_pattern, near_pattern, symbol_at(scene, outer)])),
        feature(130, mix(&[kind, gap_pattern, inner_pattern, place])),
    ]);
    if let Some(cue) = cue {
        let after_cue = symbol_at(scene, Some(cue.end));
        let before_cue = cue.start.checked_sub(1).map_or(0, |at| words.print(at));
        features.extend([
            feature(131, mix(&[cue_print, after_cue, side])),
            feature(132, mix(&[place, after_cue, manner.opening])),
            feature(133, mix(&[before_cue, order])),
            feature(134, mix(&[cue_print, print_at(words, cue.end), side])),
            feature(135, mix(&[cue_print, before_cue, side])),
        ]);
    }
    features.extend([
        feature(136, mix(&[of_mention, of_cue, place])),
        feature(137, mix(&[of_mention, kind, sentences_apart, side])),
        feature(138, mix(&[of_cue, near_pattern, place])),
        feature(139, mix(&[of_mention, of_cue, holds.label(Label::Cue), holds.label(Label::Source), side])),
        feature(140, mix(&[holds.symbol(CUE), near_pattern, place])),
    ]);
}
