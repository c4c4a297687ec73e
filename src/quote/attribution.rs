//! Which mention, by which cue, a quote belongs to.
//!
//! Every mention around a quote is a candidate, with the cues that may link it to speech; a log-linear model over how
//! they stand to each other chooses one, or that nobody is named, or that the marks enclose no quote at all. That sources,
//! cues and contents are best found together by how they stand is Newell, Margolin and Ruths' finding ("An Attribution
//! Relations Corpus for Political News", LREC 2018).

pub mod feature;
mod pattern;

use std::ops::Range;

use feature::Manner;

use super::{construction, content::Piece, mention::Mention, reported::Labels, weight::Table, words::Words};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Class, token::Shape},
};

/// How many mentions of a paragraph, on either side of a quote, may be its source.
const MAX_AROUND: usize = 12;
/// The most tokens between marks that may be a title or a name: what is longer is a quote.
const MAX_NAMED: usize = 14;
/// How many of the paragraph before.
const MAX_BEFORE: usize = 6;
/// The most tokens between a mention and its cue.
const MAX_TO_CUE: usize = 12;
/// The most tokens that stand between a name and its verb to say who that is.
const MAX_APPOSITIVE: usize = 26;
/// How likely a source is that a construction names: about as many are right.
pub(super) const SETTLED: f32 = 0.85;

/// What a quote may belong to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Candidate {
    /// The marks enclose no quote: a title, a name, words held at arm's length.
    NoQuote,
    /// A quote of nobody.
    Nobody,
    /// A mention, and the cue that links it to the quote.
    Source {
        /// Its place among the mentions.
        mention: usize,
        /// The tokens of the cue.
        cue: Option<Range<usize>>,
    },
}

/// What was chosen.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The most likely candidate; never [`Candidate::NoQuote`] unless that is more likely than not.
    pub candidate: Candidate,
    /// How likely it is among those that are quotes, by the model's own count.
    pub probability: f32,
}

impl Choice {
    /// The mention that names the source.
    #[must_use]
    pub fn mention(&self) -> Option<usize> {
        match self.candidate {
            Candidate::Source { mention, .. } => Some(mention),
            Candidate::NoQuote | Candidate::Nobody => None,
        }
    }
}

/// What the model sees of a document.
#[derive(Debug)]
pub struct Scene<'w, 'd, 't> {
    /// Its tokens.
    pub words: &'w Words<'d, 't>,
    /// Who may have spoken.
    pub mentions: Vec<Mention>,
    /// What may be quoted, in reading order.
    pub pieces: Vec<Piece>,
    /// What each token is to a pattern.
    pub(super) symbols: Vec<u8>,
    /// The cues that may link each mention to speech.
    cues: Vec<[Option<u32>; 3]>,
    /// What each token is to what is reported, where that was asked.
    labels: Labels,
}

impl<'w, 'd, 't> Scene<'w, 'd, 't> {
    /// Links every mention to the cues near it.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn new(
        words: &'w Words<'d, 't>,
        mentions: Vec<Mention>,
        pieces: Vec<Piece>,
        cancel: Cancel<'_>,
    ) -> Result<Self, Cancelled> {
        let symbols = feature::symbols(words, &mentions, &pieces, cancel)?;
        let mut scene = Self { words, mentions, pieces, symbols, cues: Vec::new(), labels: Labels::default() };
        let stops = scene.stops();
        let mut cues = Vec::with_capacity(scene.mentions.len());
        for mention in &scene.mentions {
            cancel.check()?;
            cues.push(scene.cues_of(mention, &stops));
        }
        scene.cues = cues;
        Ok(scene)
    }

    /// Lets the model see what each token is to what is reported.
    #[must_use]
    pub fn with_labels(self, labels: Labels) -> Self {
        Self { labels, ..self }
    }

    /// The label of a token as a number, which a piece in marks is shown in sentences that hold marks alone: it has the
    /// same source whether or not other sentences are labelled.
    pub(super) fn label(&self, at: usize, piece: &Piece) -> u32 {
        self.labels.seen(at, piece.is_marked)
    }

    /// Whether the token stands inside marks that may enclose a quote.
    #[must_use]
    pub fn is_marked(&self, at: usize) -> bool {
        self.symbols[at] == feature::PIECE
    }

    /// For each token, the first from there on that is a cue or stands in a piece.
    fn stops(&self) -> Vec<u32> {
        let mut stops = vec![u32::MAX; self.words.len()];
        let mut at = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let mut next = u32::MAX;
        let tokens = self.words.classes.iter().zip(&self.symbols);
        for (stop, (&classes, &symbol)) in stops.iter_mut().zip(tokens).rev() {
            at -= 1;
            next = if symbol == feature::PIECE || classes.any(Class::CUE) { at } else { next };
            *stop = next;
        }
        stops
    }

    /// Two cues behind a mention, and one before it.
    fn cues_of(&self, mention: &Mention, stops: &[u32]) -> [Option<u32>; 3] {
        let words = self.words;
        let bounds = words.sentence_tokens(mention.tokens.start);
        let place = |at: usize| u32::try_from(at).ok();
        let mut found = [None; 3];
        let mut count = 0;
        let mut at = self.behind_appositive(mention.tokens.end, bounds.end);
        let limit = bounds.end.min(at + MAX_TO_CUE);
        while at < limit && count < 2 {
            let cue = stops[at] as usize;
            if cue >= limit || self.symbols[cue] == feature::PIECE {
                break;
            }
            if !self.is_hearsay(cue, &bounds) {
                found[count] = place(cue);
                count += 1;
            }
            at = cue + 1;
        }
        let before = bounds.start.max(mention.tokens.start.saturating_sub(4))..mention.tokens.start;
        found[2] = before.rev().find(|&at| words.on(at, Class::CUE)).and_then(place);
        found
    }

    /// "were said to": those of whom it is said say nothing.
    fn is_hearsay(&self, cue: usize, bounds: &Range<usize>) -> bool {
        let words = self.words;
        let before = cue.checked_sub(1).filter(|&before| before >= bounds.start);
        before.is_some_and(|before| matches!(words.text(before), "is" | "are" | "was" | "were" | "been"))
            && cue + 1 < bounds.end
            && words.text(cue + 1) == "to"
            && matches!(words.text(cue), "said" | "reported" | "thought" | "believed" | "known" | "alleged" | "claimed")
    }

    /// Whether a piece tells what others are said to do.
    fn is_hearsay_of(&self, piece: &Piece) -> bool {
        let bounds = self.words.sentence_tokens(piece.tokens.start);
        let before = (bounds.start..piece.tokens.start).rev().take(MAX_TO_CUE);
        before.into_iter().any(|at| self.words.on(at, Class::CUE) && self.is_hearsay(at, &bounds))
    }

    /// Past ", the mayor of Bree," or "(D-Ohio)".
    fn behind_appositive(&self, at: usize, end: usize) -> usize {
        let closing: &[u8] = match self.words.byte(at.min(self.words.len() - 1)) {
            b',' if at < end => b",",
            b'(' if at < end => b")",
            _ => return at,
        };
        let limit = end.min(at + MAX_APPOSITIVE);
        let close =
            (at + 1..limit).find(|&at| self.words.is(at, Shape::default()) && closing.contains(&self.words.byte(at)));
        close.map_or(at, |close| close + 1)
    }

    /// The candidates of a piece. `carried` is the mention that the piece before was attributed to.
    pub fn candidates(&self, piece: usize, carried: Option<usize>, candidates: &mut Vec<Candidate>) {
        candidates.clear();
        candidates.push(Candidate::Nobody);
        let of = &self.pieces[piece];
        if of.is_marked && of.inner.len() <= MAX_NAMED {
            candidates.push(Candidate::NoQuote);
        }
        let paragraph = self.pieces[piece].paragraph;
        let begin = self.pieces[piece].tokens.start;
        let split = self.mentions.partition_point(|mention| mention.tokens.start < begin);
        let paragraph_of = |mention: &Mention| self.words.paragraph(mention.tokens.start);
        let (mut here, mut above) = (0, 0);
        for at in (0..split).rev() {
            let of = paragraph_of(&self.mentions[at]);
            if of == paragraph && here < MAX_AROUND {
                here += 1;
            } else if of + 1 == paragraph && above < MAX_BEFORE {
                above += 1;
            } else {
                break;
            }
            self.push(at, candidates);
        }
        if let Some(carried) = carried.filter(|&carried| carried + here + above < split) {
            self.push(carried, candidates);
        }
        for at in (split..self.mentions.len()).take(MAX_AROUND) {
            if paragraph_of(&self.mentions[at]) != paragraph {
                break;
            }
            self.push(at, candidates);
        }
    }

    fn push(&self, mention: usize, candidates: &mut Vec<Candidate>) {
        let [first, second, before] = self.cues[mention];
        candidates.push(Candidate::Source { mention, cue: None });
        for cue in [first, second, before].into_iter().flatten() {
            candidates.push(Candidate::Source { mention, cue: Some(self.cue_tokens(cue as usize)) });
        }
    }

    /// "according to" is one cue.
    fn cue_tokens(&self, at: usize) -> Range<usize> {
        let to = at + 1 < self.words.len()
            && self.words.text(at).eq_ignore_ascii_case("according")
            && self.words.text(at + 1).eq_ignore_ascii_case("to");
        at..at + 1 + usize::from(to)
    }

    /// Chooses for each piece, in reading order.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn attribute(&self, weights: &Table, cancel: Cancel<'_>) -> Result<Vec<Choice>, Cancelled> {
        let mut candidates = Vec::new();
        let mut scores = Vec::new();
        let mut choices: Vec<Choice> = Vec::with_capacity(self.pieces.len());
        let mut carried = None;
        for (piece, of) in self.pieces.iter().enumerate() {
            cancel.check()?;
            if of.continues
                && let Some(last) = choices.last()
                && last.mention().is_some()
            {
                choices.push(last.clone());
                continue;
            }
            let carried_here = carried.filter(|_| of.is_marked);
            self.candidates(piece, carried_here, &mut candidates);
            if of.is_marked && construction::is_utterance(self.words, of) {
                candidates.retain(|candidate| *candidate != Candidate::NoQuote);
            }
            scores.clear();
            let mut manner = Manner::of(self, piece);
            for candidate in &candidates {
                let mut sum = weights.sum();
                feature::push(self, piece, &mut manner, candidate, carried_here, &mut sum);
                scores.push(sum.score());
            }
            let mut choice = choose(&candidates, &scores);
            if let Some(nearest) = construction::nearest_cue(self, of, &candidates, &choice.candidate) {
                choice.candidate = nearest;
            }
            if of.is_marked && (construction::is_work(self.words, of) || construction::is_gloss(self.words, of)) {
                choice = Choice { candidate: Candidate::NoQuote, probability: SETTLED };
            }
            if of.is_marked && self.is_hearsay_of(of) {
                choice = Choice { candidate: Candidate::Nobody, probability: SETTLED };
            }
            if let Some(candidate) = construction::source(self, piece, &choices)
                && candidate != choice.candidate
            {
                choice = Choice { candidate, probability: SETTLED };
            }
            // A quote over several paragraphs whose source stands in the last.
            if of.continues && choice.mention().is_some() {
                let run = self.pieces[..piece].iter().rev().take_while(|piece| piece.continues).count() + 1;
                choices[piece - run..].fill(choice.clone());
            }
            if of.is_marked {
                carried = choice.mention().or(carried);
            }
            choices.push(choice);
        }
        Ok(choices)
    }
}

/// The likeliest candidate by its score, as a softmax has it. Candidates that name the same mention add up.
#[must_use]
pub fn choose(candidates: &[Candidate], scores: &[f32]) -> Choice {
    let largest = scores.iter().fold(f32::NEG_INFINITY, |largest, &score| largest.max(score));
    let odds: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
    let total: f32 = odds.iter().sum();
    let same = |one: &Candidate, other: &Candidate| match (one, other) {
        (Candidate::Source { mention: a, .. }, Candidate::Source { mention: b, .. }) => a == b,
        (a, b) => a == b,
    };
    let no_quote = candidates.iter().position(|candidate| *candidate == Candidate::NoQuote).map_or(0.0, |at| odds[at]);
    if no_quote > total / 2.0 {
        return Choice { candidate: Candidate::NoQuote, probability: no_quote / total };
    }
    let mut best = (0, f32::NEG_INFINITY);
    // The candidates of one mention stand together.
    let mut begin = 0;
    for together in candidates.chunk_by(same) {
        let own = begin..begin + together.len();
        begin = own.end;
        if together[0] == Candidate::NoQuote {
            continue;
        }
        let sum = odds[own.clone()].iter().sum();
        for at in own {
            if sum > best.1 || sum >= best.1 && odds[at] > odds[best.0] {
                best = (at, sum);
            }
        }
    }
    Choice { candidate: candidates[best.0].clone(), probability: best.1 / (total - no_quote) }
}
