//! What a "he" or "she" may point back to, as features of a log-linear model.
//!
//! The features are the cues that centering theory (Grosz, Joshi and Weinstein 1995) and Lappin and Leass (1994) found to
//! matter: how near, whether subject, how often named, in whose words; and, for news, who spoke last.
//! `examples/learn_antecedents.rs` learns what each weighs.

use std::{fmt::Write, sync::LazyLock};

use crate::{
    quote::{
        attribution::Scene,
        mention::{Kind, Mention},
        speaker::{Entities, Gender},
        words::Words,
    },
    text::{Class, lexicon::entries, token::Shape},
};

/// How many mentions before a pronoun are looked at.
const MAX_MENTIONS: usize = 64;
/// How many people are weighed.
const MAX_CANDIDATES: usize = 16;
/// How many sentences back a pronoun may point.
const MAX_SENTENCES: u32 = 10;

/// The features, by name.
pub const FEATURES: [&str; 30] = [
    "gender_known",
    "gender_other",
    "person",
    "speaks",
    "called_so",
    "called_otherwise",
    "distance",
    "same_sentence",
    "sentence_before",
    "same_paragraph",
    "paragraph_before",
    "subject_here",
    "subject_before",
    "opens_here",
    "opens_before",
    "says_here",
    "says_before",
    "says_that",
    "quoted",
    "possessive",
    "object",
    "by_pronoun",
    "often",
    "last_source",
    "last_source_near",
    "last_to_say",
    "nearest",
    "nominal",
    "indefinite",
    "headline",
];

/// The values of the features of one candidate.
pub type Features = [f32; FEATURES.len()];

/// What each of [`FEATURES`] weighs.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights(pub Features);

static LEARNED: LazyLock<Weights> =
    LazyLock::new(|| Weights::read(include_str!("../../../data/antecedent_weights.txt")));

impl Weights {
    /// Those that come with the library.
    #[must_use]
    pub fn learned() -> &'static Self {
        &LEARNED
    }

    /// Reads lines of a feature and its weight. What is not there weighs nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut weights = [0.0; FEATURES.len()];
        for line in entries(text) {
            if let Some((name, weight)) = line.split_once(' ')
                && let Some(at) = FEATURES.iter().position(|known| *known == name)
                && let Ok(weight) = weight.trim().parse()
            {
                weights[at] = weight;
            }
        }
        Self(weights)
    }

    /// Writes the lines that [`Weights::read`] reads.
    #[must_use]
    pub fn write(&self) -> String {
        let mut lines = String::new();
        for (name, weight) in FEATURES.iter().zip(self.0) {
            // Writing to a string cannot fail.
            let _ = writeln!(lines, "{name} {weight:.3}");
        }
        lines
    }

    /// What the features add up to.
    #[must_use]
    pub fn score(&self, features: &Features) -> f32 {
        self.0.iter().zip(features).map(|(weight, feature)| weight * feature).sum()
    }
}

/// Somebody a pronoun may stand for.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The entity.
    pub entity: usize,
    /// What speaks for it.
    pub features: Features,
}

/// The likeliest of the candidates, and how likely it is by a softmax.
#[must_use]
pub fn choose(candidates: &[Candidate], weights: &Weights) -> Option<(usize, f32)> {
    let scores: Vec<f32> = candidates.iter().map(|candidate| weights.score(&candidate.features)).collect();
    let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]))?;
    let is_other = candidates[best].features[1] > 0.0;
    let total: f32 = scores.iter().map(|score| (score - scores[best]).exp()).sum();
    (!is_other).then(|| (candidates[best].entity, 1.0 / total))
}

/// What is known of an entity where the reading stands.
#[derive(Clone, Copy, Debug, Default)]
struct Trace {
    count: u16,
    as_he: f32,
    as_she: f32,
}

/// Where a reader stands who has read a document's mentions up to some point.
#[derive(Debug)]
pub struct Discourse<'s, 'd, 't> {
    words: &'s Words<'d, 't>,
    mentions: &'s [Mention],
    entities: &'s Entities,
    /// Whether each mention stands inside quotation marks.
    is_quoted: Vec<bool>,
    /// Whether each mention is the source of a quote.
    is_source: Vec<bool>,
    /// The entity of each mention read so far.
    of_mention: Vec<Option<usize>>,
    traces: Vec<Trace>,
    /// Who was the last source of a quote, and in which paragraph.
    last_source: Option<(usize, usize)>,
    /// Who said something last, quoted or not, and in which paragraph.
    last_to_say: Option<(usize, usize)>,
}

impl<'s, 'd, 't> Discourse<'s, 'd, 't> {
    /// A reader at the document's beginning. `sources` are the mentions that quotes are attributed to.
    #[must_use]
    pub fn new(scene: &'s Scene<'_, 'd, 't>, entities: &'s Entities, sources: impl Iterator<Item = usize>) -> Self {
        let mentions = &scene.mentions[..];
        let mut is_source = vec![false; mentions.len()];
        for source in sources {
            is_source[source] = true;
        }
        Self {
            words: scene.words,
            mentions,
            entities,
            is_quoted: mentions.iter().map(|mention| scene.is_marked(mention.tokens.start)).collect(),
            is_source,
            of_mention: vec![None; mentions.len()],
            traces: vec![Trace::default(); entities.entities.len()],
            last_source: None,
            last_to_say: None,
        }
    }

    /// Whether a pronoun stands for somebody of whom the reader is told: one in a quote is the speaker's affair.
    #[must_use]
    pub fn is_followed(&self, mention: usize) -> bool {
        self.mentions[mention].kind == Kind::Pronoun && !self.is_quoted[mention]
    }

    /// Reads on past a mention, which stands for `entity`, as likely as that is.
    pub fn pass(&mut self, mention: usize, entity: Option<(usize, f32)>) {
        let Some((entity, likely)) = entity else { return };
        self.of_mention[mention] = Some(entity);
        let trace = &mut self.traces[entity];
        trace.count = trace.count.saturating_add(1);
        let of = &self.mentions[mention];
        if of.kind == Kind::Pronoun {
            if self.words.on(of.tokens.start, Class::SHE) {
                trace.as_she += likely;
            } else {
                trace.as_he += likely;
            }
        }
        if self.is_source[mention] {
            self.last_source = Some((entity, self.words.paragraph(of.tokens.start)));
        }
        if !self.is_quoted[mention] && (self.is_source[mention] || says(self.words, of)) {
            self.last_to_say = Some((entity, self.words.paragraph(of.tokens.start)));
        }
    }

    /// Whom the pronoun may stand for.
    #[must_use]
    pub fn candidates(&self, pronoun: usize) -> Vec<Candidate> {
        let words = self.words;
        let at = self.mentions[pronoun].tokens.start;
        let is_she = words.on(at, Class::SHE);
        let mut candidates: Vec<Candidate> = Vec::new();
        for before in (0..pronoun).rev().take(MAX_MENTIONS) {
            let Some(entity) = self.of_mention[before] else { continue };
            let apart = words.sentence_of[at] - words.sentence_of[self.mentions[before].tokens.start];
            if apart > MAX_SENTENCES {
                break;
            }
            let place = candidates.iter().position(|candidate| candidate.entity == entity);
            let place = match place {
                Some(place) => place,
                None if candidates.len() == MAX_CANDIDATES => continue,
                None => {
                    let mut features = [0.0; FEATURES.len()];
                    self.describe(entity, is_she, at, &mut features);
                    self.locate(before, apart, at, &mut features);
                    candidates.push(Candidate { entity, features });
                    candidates.len() - 1
                }
            };
            self.note(before, apart, at, &mut candidates[place].features);
        }
        if let Some(nearest) = candidates.iter_mut().find(|candidate| candidate.features[1] == 0.0) {
            nearest.features[26] = 1.0;
        }
        candidates
    }

    /// The body that spoke last, for an "it" that speaks.
    #[must_use]
    pub fn body(&self, pronoun: usize) -> Option<usize> {
        let of = &self.mentions[pronoun];
        let is_it = matches!(self.words.text(of.tokens.start), "it" | "It") && !self.is_quoted[pronoun];
        if !is_it || !says(self.words, of) {
            return None;
        }
        let is_body = |entity: &usize| {
            let entity = &self.entities.entities[*entity];
            entity.is_named && !entity.is_person && entity.gender.is_none()
        };
        let near = |&(_, paragraph): &(usize, usize)| self.words.paragraph(of.tokens.start) <= paragraph + 1;
        let last = self.last_to_say.filter(near).map(|(entity, _)| entity);
        last.or_else(|| self.opener_before(pronoun)).filter(is_body)
    }

    /// Whom the sentence before opens with, in the reporter's words.
    fn opener_before(&self, pronoun: usize) -> Option<usize> {
        let words = self.words;
        let sentence = words.sentence_of[self.mentions[pronoun].tokens.start].checked_sub(1)?;
        let before = (0..pronoun).rev().take(MAX_MENTIONS);
        let mut of_sentence = before
            .skip_while(|&before| words.sentence_of[self.mentions[before].tokens.start] > sentence)
            .take_while(|&before| words.sentence_of[self.mentions[before].tokens.start] == sentence);
        let opener = of_sentence.find(|&before| opens(words, &self.mentions[before]) && !self.is_quoted[before])?;
        self.of_mention[opener]
    }

    /// "the top U.S. diplomat", of whom the text never said who that is: newsrooms call by such names, in the paragraph in
    /// which somebody has spoken, that speaker.
    #[must_use]
    pub fn varied(&self, nominal: usize) -> Option<usize> {
        let words = self.words;
        let of = &self.mentions[nominal];
        let own = self.entities.of_mention[nominal].filter(|&own| !self.entities.entities[own].is_named)?;
        let head = of.core.end - 1;
        let is_new = self.traces[own].count == 0;
        let varies =
            matches!(words.text(of.tokens.start), "the" | "The") && of.tokens.end == of.core.end && of.tokens.len() > 2;
        let before = (0..nominal).rev().take(MAX_MENTIONS).find_map(|before| {
            let entity = self.of_mention[before].filter(|_| !self.is_quoted[before])?;
            (says(words, &self.mentions[before]) || self.is_source[before]).then_some((before, entity))
        });
        let (before, speaker) = before?;
        let entity = &self.entities.entities[speaker];
        let is_near = words.paragraph(self.mentions[before].tokens.start) == words.paragraph(of.tokens.start);
        let clashes = entity.gender.zip(self.entities.entities[own].gender).is_some_and(|(one, other)| one != other);
        let is_bare = entity.is_named && entity.descriptions.is_empty();
        let is_right = is_new && varies && is_near && is_bare && !clashes && says(words, of);
        (is_right && !words.on(head, Class::DELEGATE)).then_some(speaker)
    }

    /// What is known of the entity itself.
    fn describe(&self, entity: usize, is_she: bool, at: usize, features: &mut Features) {
        let of = &self.entities.entities[entity];
        let trace = &self.traces[entity];
        let wanted = if is_she { Gender::Female } else { Gender::Male };
        match of.gender {
            Some(gender) if gender == wanted => features[0] = 1.0,
            Some(_) => features[1] = 1.0,
            None if of.is_person => features[2] = 1.0,
            None if of.speaks => features[3] = 1.0,
            None => {}
        }
        let (same, other) = if is_she { (trace.as_she, trace.as_he) } else { (trace.as_he, trace.as_she) };
        features[4] = same.ln_1p();
        features[5] = other.ln_1p();
        features[22] = f32::from(trace.count).ln();
        if let Some((source, paragraph)) = self.last_source
            && source == entity
        {
            let apart = self.words.paragraph(at).saturating_sub(paragraph);
            features[23] = 1.0;
            features[24] = if apart <= 1 { 1.0 } else { 0.0 };
        }
        features[25] = if self.last_to_say.is_some_and(|(last, _)| last == entity) { 1.0 } else { 0.0 };
    }

    /// How the last mention stands to the pronoun at `at`.
    fn locate(&self, mention: usize, apart: u32, at: usize, features: &mut Features) {
        let words = self.words;
        let of = &self.mentions[mention];
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let distance = (apart as f32).ln_1p();
        let paragraphs = words.paragraph(at) - words.paragraph(of.tokens.start);
        let flag = |is: bool| if is { 1.0 } else { 0.0 };
        features[6] = distance;
        features[7] = flag(apart == 0);
        features[8] = flag(apart == 1);
        features[9] = flag(paragraphs == 0);
        features[10] = flag(paragraphs == 1);
        features[18] = flag(self.is_quoted[mention]);
        features[19] = flag(is_possessive(words, of));
        features[20] = flag(is_object(words, of));
        features[21] = flag(of.kind == Kind::Pronoun);
        features[27] = flag(of.kind == Kind::Nominal);
        features[28] = flag(of.kind == Kind::Nominal && words.text(of.tokens.start).len() <= 2);
        features[29] = flag(words.is_headline(of.tokens.start));
    }

    /// What any of the entity's mentions in this sentence or the one before tell.
    fn note(&self, mention: usize, apart: u32, at: usize, features: &mut Features) {
        if apart > 1 || self.is_quoted[mention] {
            return;
        }
        let words = self.words;
        let of = &self.mentions[mention];
        let step = usize::from(apart == 1);
        if is_subject(words, of) {
            features[11 + step] = 1.0;
        }
        if opens(words, of) {
            features[13 + step] = 1.0;
        }
        if says(words, of) {
            features[15 + step] = 1.0;
            // "Pompeo said that he", "Pompeo said he"
            let between = of.tokens.end..at;
            let is_bare = between.clone().all(|at| words.is(at, Shape::WORD));
            if apart == 0 && is_bare && between.len() <= 6 {
                features[17] = 1.0;
            }
        }
    }
}

/// Whether a verb of speech stands right by the mention, of which it is the subject.
pub(super) fn says(words: &Words, mention: &Mention) -> bool {
    let mut behind = mention.tokens.end;
    let end = words.sentence_tokens(mention.tokens.start).end;
    while behind < end && behind < mention.tokens.end + 2 && words.on(behind, Class::AUXILIARY) {
        behind += 1;
    }
    if behind < end && words.on(behind, Class::CUE) {
        return !is_object(words, mention);
    }
    let Some(cue) = mention.tokens.start.checked_sub(1).filter(|&cue| words.on(cue, Class::CUE)) else { return false };
    cue.checked_sub(1).is_some_and(|before| !words.is(before, Shape::WORD))
}

/// Whether it opens its sentence, or a verb stands behind it.
fn is_subject(words: &Words, mention: &Mention) -> bool {
    let behind = mention.tokens.end;
    let is_verb = behind < words.len() && words.on(behind, Class::CUE.or(Class::AUXILIARY));
    (opens(words, mention) || is_verb) && !is_object(words, mention) && !is_possessive(words, mention)
}

fn opens(words: &Words, mention: &Mention) -> bool {
    mention.tokens.start <= words.sentence_tokens(mention.tokens.start).start + 1
}

/// Whether a preposition stands before it.
fn is_object(words: &Words, mention: &Mention) -> bool {
    let before = mention.tokens.start.checked_sub(1);
    before.is_some_and(|before| {
        words.on(before, Class::PREPOSITION) && words.sentence_of[before] == words.sentence_of[mention.tokens.start]
    })
}

fn is_possessive(words: &Words, mention: &Mention) -> bool {
    let behind = mention.tokens.end;
    behind < words.len() && words.is_possessive(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let weights = Weights::learned();
        assert_eq!(Weights::read(&weights.write()), *weights);
        let lines = entries(include_str!("../../../data/antecedent_weights.txt")).count();
        assert_eq!(lines, FEATURES.len(), "every weight stands in the file once");
    }
}
