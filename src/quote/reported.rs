//! Which words of a sentence are reported: what somebody says, thinks or means, inside marks or not.
//!
//! A linear-chain model labels each word as reported, as its cue, as its source or as none of these; the best sequence
//! is found by Viterbi's algorithm. Its weights are those of an averaged perceptron (Collins 2002).

use std::ops::Range;

use super::{
    attribution::{Scene, feature as symbol},
    weight::{Table, feature, mix},
    words::{Words, range},
};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Class, token::Shape},
};

/// What a token is to what is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Label {
    /// Neither of the others.
    Other,
    /// It is reported.
    Content,
    /// It says that something is.
    Cue,
    /// It names whose words these are.
    Source,
}

/// All labels, in the order of a row of weights.
pub const LABELS: [Label; 4] = [Label::Other, Label::Content, Label::Cue, Label::Source];

/// How many features a token has.
const FEATURE_COUNT: usize = 34;

/// What the model sees of a sentence.
#[derive(Debug)]
pub struct Sequence {
    /// The features of each token.
    pub tokens: Vec<[u32; FEATURE_COUNT]>,
    /// The symbol of each token, by which [`STEPS`] tells the features of coming from each label.
    pub symbols: Vec<u8>,
}

/// For each symbol of a token, the features of coming to it from each label.
pub static STEPS: [[u32; 4]; symbol::COUNT] = {
    let mut steps = [[0; 4]; symbol::COUNT];
    let mut here = 0u8;
    while (here as usize) < steps.len() {
        let quoted = (here == symbol::PIECE) as u32;
        let mut from = 0u8;
        while from < 4 {
            steps[here as usize][from as usize] = feature(90, mix(&[from as u32, here as u32, quoted]));
            from += 1;
        }
        here += 1;
    }
    steps
};

impl Sequence {
    /// Reads a sentence.
    #[must_use]
    pub fn of(scene: &Scene, bounds: &Range<usize>) -> Self {
        let mut tokens = Vec::with_capacity(bounds.len());
        read(scene, bounds, |features| tokens.push(*features));
        Self { tokens, symbols: scene.symbols[bounds.clone()].to_vec() }
    }

    /// The best labels.
    #[must_use]
    pub fn labels(&self, weights: &Table) -> Vec<Label> {
        let rows: Vec<[i32; 4]> = self.tokens.iter().map(|features| weights.row(features)).collect();
        let mut labels = vec![0; rows.len()];
        best(&rows, &self.symbols, &Steps::of(weights), &mut Vec::new(), &mut labels);
        labels.into_iter().map(|label| LABELS[usize::from(label)]).collect()
    }
}

/// Reads a sentence and gives the features of each of its tokens.
fn read(scene: &Scene, bounds: &Range<usize>, mut take: impl FnMut(&[u32; FEATURE_COUNT])) {
    let outline = Outline::of(scene, bounds);
    let mut past = Past::default();
    for at in bounds.clone() {
        take(&features(scene, bounds, at, &outline, &past));
        past.pass(scene.words, scene, at);
    }
}

/// For each symbol of a token, what it weighs to come to it: a row for each label it may come from.
struct Steps([[[i64; 4]; 4]; symbol::COUNT]);

impl Steps {
    fn of(weights: &Table) -> Self {
        Self(STEPS.map(|steps| steps.map(|step| weights.row(&[step]).map(i64::from))))
    }
}

/// The best labels, as numbers, of tokens with these rows of weights and symbols. `back` is room to work in.
fn best(rows: &[[i32; 4]], symbols: &[u8], steps: &Steps, back: &mut Vec<[u8; 4]>, labels: &mut [u8]) {
    back.clear();
    back.reserve(rows.len());
    let mut scores = [0; 4];
    for (at, (own, &symbol)) in rows.iter().zip(symbols).enumerate() {
        let steps = &steps.0[usize::from(symbol)];
        let mut next = [0; 4];
        let mut from = [0; 4];
        for to in 0..4 {
            let mut best = scores[0] + steps[0][to];
            for before in 1..4u8 {
                let score = scores[usize::from(before)] + steps[usize::from(before)][to];
                if at > 0 && score > best {
                    best = score;
                    from[to] = before;
                }
            }
            next[to] = best + i64::from(own[to]);
        }
        scores = next;
        back.push(from);
    }
    let mut label = (1..4).fold(0, |best, label| if scores[label] > scores[best] { label } else { best });
    for (best, back) in labels.iter_mut().zip(back).rev() {
        *best = LABELS[label] as u8;
        label = usize::from(back[label]);
    }
}

/// How many tokens a sentence mostly has at most: what room is made for.
const USUAL_TOKENS: usize = 64;
/// The number of no label.
const UNLABELLED: u8 = 4;

/// What each token of a document is to what is reported.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// The label of each token as a number; [`UNLABELLED`] in the sentences that were left out.
    of: Vec<u8>,
    /// Likewise, but for the sentences without marks, which count as left out.
    beside_marks: Vec<u8>,
}

impl Labels {
    /// Labels the sentences that hold marks and words outside them, and, where `all` are wanted, those without marks too.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn of(scene: &Scene, weights: &Table, all: bool, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let words = scene.words;
        let mut labels = Self { of: vec![UNLABELLED; words.len()], beside_marks: vec![UNLABELLED; words.len()] };
        let (steps, mut rows, mut back) = (Steps::of(weights), Vec::with_capacity(USUAL_TOKENS), Vec::new());
        for sentence in words.document.sentences.iter().filter(|sentence| Words::is_read(sentence)) {
            cancel.check()?;
            let bounds = range(&sentence.tokens);
            let marked = bounds.clone().filter(|&at| scene.is_marked(at)).count();
            if bounds.is_empty() || marked == bounds.len() || marked == 0 && !all {
                continue;
            }
            rows.clear();
            read(scene, &bounds, |features| rows.push(weights.row(features)));
            best(&rows, &scene.symbols[bounds.clone()], &steps, &mut back, &mut labels.of[bounds.clone()]);
            if marked > 0 {
                labels.beside_marks[bounds.clone()].copy_from_slice(&labels.of[bounds]);
            }
        }
        Ok(labels)
    }

    /// The label of a token as a number, one more than the largest where there is none, or where it stands in a sentence
    /// without marks and only the others are to be seen.
    #[must_use]
    pub fn seen(&self, at: usize, beside_marks: bool) -> u32 {
        let labels = if beside_marks { &self.beside_marks } else { &self.of };
        u32::from(labels.get(at).copied().unwrap_or(UNLABELLED))
    }
}

/// The stretches of a document that are reported, as ranges of tokens: those in the sentences that are labelled.
#[must_use]
pub fn stretches(scene: &Scene, labels: &Labels) -> Vec<Range<usize>> {
    let words = scene.words;
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for sentence in &words.document.sentences {
        let bounds = range(&sentence.tokens);
        let is_labelled = labels.of.get(bounds.start).is_some_and(|&label| label != UNLABELLED);
        if bounds.is_empty() || !is_labelled {
            continue;
        }
        let is_reported = |at: usize| labels.of[at] == Label::Content as u8 || scene.is_marked(at);
        let mut at = bounds.start;
        while at < bounds.end {
            if !is_reported(at) {
                at += 1;
                continue;
            }
            let end = (at..bounds.end).find(|&at| !is_reported(at)).unwrap_or(bounds.end);
            stretches.push(trim(scene, at..end));
            at = end;
        }
    }
    stretches.retain(|stretch| stretch.clone().any(|at| words.is(at, Shape::WORD)));
    stretches
}

/// Without the punctuation at either end, but for quotation marks.
fn trim(scene: &Scene, mut stretch: Range<usize>) -> Range<usize> {
    let holds = |at: usize| {
        scene.words.is(at, Shape::WORD) || scene.is_marked(at) || matches!(scene.words.byte(at), b'$' | b'(' | b')')
    };
    while !stretch.is_empty() && !holds(stretch.start) {
        stretch.start += 1;
    }
    // "…, and": what it joins to the stretch is not reported.
    let joins = |at: usize| matches!(scene.words.text(at), "and" | "but" | "or") && !scene.is_marked(at);
    while !stretch.is_empty() && (!holds(stretch.end - 1) || joins(stretch.end - 1)) {
        stretch.end -= 1;
    }
    stretch
}

/// What is known of a sentence as a whole.
struct Outline {
    /// The last cue that stands, with its source, behind a comma at the sentence's end.
    trailing: Option<usize>,
    /// How many cues there are.
    cues: u32,
    has_marks: bool,
    first_print: u32,
    /// The first cue behind each token.
    next_cue: Vec<Option<usize>>,
    /// The print of each token, its symbol and what sort of word it is, with [`AROUND`] tokens more at either end that stand
    /// for what is beyond the sentence.
    around: [Vec<u32>; 3],
    /// How the sentence before ends: there is none in the paragraph, in the reporter's words, or inside marks.
    behind: u32,
}

impl Outline {
    fn of(scene: &Scene, bounds: &Range<usize>) -> Self {
        let words = scene.words;
        let is_cue = |at: usize| words.on(at, Class::CUE) && !scene.is_marked(at);
        let tail = bounds.start.max(bounds.end.saturating_sub(12))..bounds.end;
        let trailing = tail.rev().find(|&at| is_cue(at));
        let trailing = trailing
            .and_then(|cue| (bounds.start.max(cue.saturating_sub(8))..cue).rev().find(|&at| words.byte(at) == b','));
        let mut next_cue = vec![None; bounds.len()];
        let mut next = None;
        for at in bounds.clone().rev() {
            next_cue[at - bounds.start] = next;
            if is_cue(at) {
                next = Some(at);
            }
        }
        let before = bounds.start.checked_sub(1).filter(|&at| words.paragraph(at) == words.paragraph(bounds.start));
        Self {
            next_cue,
            around: [
                surrounded(7, bounds.clone().map(|at| words.print(at))),
                surrounded(31, scene.symbols[bounds.clone()].iter().map(|&symbol| u32::from(symbol))),
                surrounded(1 << 20, bounds.clone().map(|at| sort(words, at))),
            ],
            behind: before.map_or(0, |at| 1 + u32::from(scene.is_marked(at))),
            trailing,
            cues: u32::try_from(bounds.clone().filter(|&at| is_cue(at)).count()).unwrap_or(9).min(4),
            has_marks: bounds.clone().any(|at| scene.is_marked(at)),
            first_print: words.print(bounds.start),
        }
    }
}

/// How many tokens to either side are seen from one.
const AROUND: usize = 3;

/// Values with so many more before and behind them that stand for nothing.
fn surrounded(nothing: u32, values: impl ExactSizeIterator<Item = u32>) -> Vec<u32> {
    let mut surrounded = Vec::with_capacity(values.len() + 2 * AROUND);
    surrounded.extend([nothing; AROUND]);
    surrounded.extend(values);
    surrounded.extend([nothing; AROUND]);
    surrounded
}

/// What stands before a token.
#[derive(Default)]
struct Past {
    cue: u32,
    since_cue: u32,
    said_that: bool,
    commas: u32,
    mentions: u32,
}

impl Past {
    fn pass(&mut self, words: &Words, scene: &Scene, at: usize) {
        self.since_cue += 1;
        if words.on(at, Class::CUE) && !scene.is_marked(at) {
            self.cue = words.print(at);
            self.since_cue = 0;
            self.said_that = false;
            self.commas = 0;
        } else if words.byte(at) == b',' {
            self.commas = (self.commas + 1).min(3);
        } else if words.byte(at) == b't' && words.text(at) == "that" {
            self.said_that = true;
        }
        self.mentions = (self.mentions + u32::from(scene.symbols[at] == symbol::MENTION)).min(3);
    }
}

/// The features of a token.
fn features(scene: &Scene, bounds: &Range<usize>, at: usize, outline: &Outline, past: &Past) -> [u32; FEATURE_COUNT] {
    let words = scene.words;
    // What stands around it: two tokens to either side, or three.
    let [prints, signs, sorts] = &outline.around;
    let own = at - bounds.start;
    let [print, sign, sort] = [prints, signs, sorts].map(|values| {
        let near: &[u32; 2 * AROUND + 1] = values[own..].first_chunk().unwrap_or(&[0; 2 * AROUND + 1]);
        |offset: isize| near[offset.wrapping_add_unsigned(AROUND).unsigned_abs()]
    });
    let distance = match past.since_cue {
        distance @ 0..4 => distance,
        4..7 => 4,
        7..12 => 5,
        12..20 => 6,
        _ => 7,
    };
    let has_cue = past.cue != 0;
    let cue_state = mix(&[u32::from(has_cue), u32::from(past.said_that), distance, past.commas]);
    let side = match outline.trailing {
        None => 0,
        Some(comma) if at < comma => 1,
        Some(_) => 2,
    };
    let marked = u32::from(scene.is_marked(at));
    let shape = u32::from(words.is(at, Shape::CAPITALISED)) + 2 * u32::from(words.is(at, Shape::NUMERIC));
    let to_end = u32::try_from(bounds.end - at).unwrap_or(u32::MAX).min(3);
    let from_start = u32::try_from(at - bounds.start).unwrap_or(u32::MAX).min(3);
    let next = outline.next_cue[own];
    let next_print = next.map_or(0, |next| words.print(next));
    let ahead = next.map_or(9, |next| u32::try_from(next - at).unwrap_or(u32::MAX).min(8));
    [
        feature(200, mix(&[marked, sign(0)])),
        feature(201, print(0)),
        feature(202, print(-1)),
        feature(203, print(1)),
        feature(204, mix(&[print(-1), print(0)])),
        feature(205, mix(&[print(0), print(1)])),
        feature(206, mix(&[print(-2), print(-1)])),
        feature(207, mix(&[print(1), print(2)])),
        feature(208, mix(&[sign(-1), sign(0), sign(1)])),
        feature(209, mix(&[sign(-2), sign(-1), sign(0)])),
        feature(210, mix(&[sign(0), sign(1), sign(2)])),
        feature(211, mix(&[cue_state, marked])),
        feature(212, mix(&[past.cue, u32::from(past.said_that), distance.min(3)])),
        feature(213, mix(&[past.cue, past.commas, u32::from(past.said_that)])),
        feature(214, mix(&[side, outline.cues, marked])),
        feature(215, mix(&[side, u32::from(has_cue), sign(0)])),
        feature(216, mix(&[past.cue, sign(0), distance])),
        feature(217, mix(&[to_end, from_start, sign(0)])),
        feature(218, mix(&[shape, sign(0), sign(-1)])),
        feature(219, mix(&[past.mentions, u32::from(has_cue), side])),
        feature(220, mix(&[outline.first_print, u32::from(has_cue)])),
        feature(221, mix(&[u32::from(outline.has_marks), marked, u32::from(has_cue), distance])),
        feature(222, mix(&[print(0), u32::from(has_cue), distance.min(3)])),
        feature(223, mix(&[sign(-3), sign(-2), sign(-1), sign(0)])),
        feature(224, mix(&[sign(0), sign(1), sign(2), sign(3)])),
        feature(225, mix(&[next_print, ahead, sign(0)])),
        feature(226, mix(&[past.cue, next_print, u32::from(past.said_that)])),
        feature(227, mix(&[ending(words.text(at)), sign(-1), u32::from(has_cue)])),
        feature(228, mix(&[outline.behind, side, u32::from(has_cue), outline.cues])),
        feature(229, mix(&[print(-1), print(1)])),
        feature(230, mix(&[sort(-1), sort(0)])),
        feature(231, mix(&[sort(0), sort(1), sign(-1)])),
        feature(232, mix(&[sort(-2), sort(-1), sort(0)])),
        feature(233, mix(&[past.cue, sort(0), sort(1)])),
    ]
}

/// The last three bytes of a word: what it is built like.
fn ending(word: &str) -> u32 {
    word.bytes().rev().take(3).fold(0, |ending, byte| ending << 8 | u32::from(byte.to_ascii_lowercase()))
}

/// The classes a word is of, as bits.
fn sort(words: &Words, at: usize) -> u32 {
    const CLASSES: [Class; 13] = [
        Class::CUE,
        Class::ROLE,
        Class::BODY,
        Class::TITLE,
        Class::DETERMINER,
        Class::PREPOSITION,
        Class::AUXILIARY,
        Class::STOP,
        Class::WHO,
        Class::HE.or(Class::SHE),
        Class::THEY,
        Class::FIRST_PERSON,
        Class::TIME,
    ];
    let bits = CLASSES.iter().enumerate().map(|(bit, &class)| u32::from(words.on(at, class)) << bit).sum::<u32>();
    let shape = u32::from(words.is(at, Shape::WORD))
        + 2 * u32::from(words.is(at, Shape::CAPITALISED))
        + 4 * u32::from(words.is(at, Shape::NUMERIC));
    bits << 3 | shape
}
