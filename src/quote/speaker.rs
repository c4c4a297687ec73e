//! Whom mentions name: names of one person or body brought together, pronouns and descriptions led back to them.
//!
//! Names meet by their last words, as newsrooms use them: the full name once, the last name from then on. A pronoun goes to
//! the likeliest person before it, by the cues that centering theory (Grosz, Joshi and Weinstein 1995) and Lappin and Leass
//! (1994) found to matter: how near, whether subject, how often named, and who spoke last.

use std::{collections::HashMap, ops::Range};

use super::{
    content::Piece,
    mention::{Kind, Mention},
    words::Words,
};
use crate::{
    document::Role,
    text::{Class, token::Shape},
};

/// How many people of one last name are told apart.
const MAX_NAMESAKES: usize = 8;
/// How many mentions before a pronoun are weighed.
const MAX_ANTECEDENTS: usize = 24;
/// How many sentences back a pronoun may point.
const MAX_SENTENCES: u32 = 8;
/// The most tokens that say who somebody is.
const MAX_DESCRIPTION: usize = 16;

/// A person or body that the document names.
#[derive(Clone, Debug)]
pub struct Entity {
    /// The tokens of the fullest name.
    pub name: Range<usize>,
    /// The tokens that say who it is.
    pub description: Option<Range<usize>>,
    /// The sex, where it shows.
    gender: Option<Gender>,
    /// It has a title, a first name, or is called he or she: no body.
    is_person: bool,
    /// A verb of speech stands right behind it somewhere.
    speaks: bool,
    /// How often it is named.
    mention_count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gender {
    Male,
    Female,
}

/// Whom each mention names.
#[derive(Debug, Default)]
pub struct Entities {
    /// In the order of their first full names.
    pub entities: Vec<Entity>,
    /// The entity of each mention that is a name.
    pub of_mention: Vec<Option<usize>>,
}

/// Brings together the names of a document.
#[must_use]
pub fn entities(words: &Words, mentions: &[Mention]) -> Entities {
    let mut all = Entities { entities: Vec::new(), of_mention: vec![None; mentions.len()] };
    let mut by_last: HashMap<u32, Vec<usize>> = HashMap::new();
    let mut by_first: HashMap<u32, Vec<usize>> = HashMap::new();
    let is_name = |mention: &&Mention| mention.kind == Kind::Name;
    let several = |mention: &Mention| name_words(words, mention).count() > 1;
    // The headline's last: its names run into its other capitalised words.
    let is_headline = |mention: &Mention| words.sentence(mention.tokens.start).role == Role::Title;
    for (headline, full) in [(false, true), (true, true), (false, false), (true, false)] {
        for (at, mention) in mentions.iter().enumerate().filter(|(_, mention)| is_name(mention)) {
            if several(mention) != full || is_headline(mention) != headline {
                continue;
            }
            let (Some(first), Some(last)) = (name_words(words, mention).next(), name_words(words, mention).last())
            else {
                continue;
            };
            let (first, last) = (words.prints[first], words.prints[last]);
            let before = |ids: Option<&Vec<usize>>| {
                let ids: &[usize] = ids.map_or(&[], Vec::as_slice);
                let ids = &ids[ids.len().saturating_sub(MAX_NAMESAKES)..];
                if full {
                    return ids.iter().rev().copied().find(|&id| agrees(words, &all.entities[id], mention));
                }
                let stands_before = |id: &&usize| all.entities[**id].name.start < mention.core.start;
                ids.iter().rev().find(stands_before).or(ids.first()).copied()
            };
            let known = before(by_last.get(&last)).or_else(|| before(by_first.get(&last).filter(|_| !full)));
            let id = known.unwrap_or_else(|| {
                all.entities.push(Entity {
                    name: mention.core.clone(),
                    description: None,
                    gender: None,
                    is_person: false,
                    speaks: false,
                    mention_count: 0,
                });
                let id = all.entities.len() - 1;
                by_last.entry(last).or_default().push(id);
                if full && !headline {
                    by_first.entry(first).or_default().push(id);
                }
                id
            });
            all.of_mention[at] = Some(id);
            all.entities[id].meet(words, mention);
            if full && let Some(short) = acronym(words, mention) {
                by_last.entry(short).or_default().push(id);
            }
        }
    }
    all
}

/// The words of a name, without "Jr." and the like.
fn name_words<'w>(words: &'w Words, mention: &Mention) -> impl Iterator<Item = usize> + 'w {
    let is_suffix = |at: usize| matches!(words.text(at), "Jr" | "Jr." | "Sr" | "Sr." | "II" | "III" | "IV");
    let begin = mention.core.start;
    mention.core.clone().filter(move |&at| words.is(at, Shape::WORD) && !(at > begin && is_suffix(at)))
}

/// Whether a full name may be the entity's: the first words are the same, or one is the other's initial.
fn agrees(words: &Words, entity: &Entity, mention: &Mention) -> bool {
    let (a, b) = (words.text(entity.name.start), words.text(mention.core.start));
    let is_initial = |initial: &str, name: &str| {
        initial.trim_end_matches('.').chars().count() == 1 && initial.chars().next() == name.chars().next()
    };
    words.prints[entity.name.start] == words.prints[mention.core.start] || is_initial(a, b) || is_initial(b, a)
}

/// "World Health Organization (WHO)": the short name's fingerprint.
fn acronym(words: &Words, mention: &Mention) -> Option<u32> {
    let at = mention.tokens.end;
    let is_short = at + 2 < words.len()
        && words.text(at) == "("
        && words.is(at + 1, Shape::ALL_CAPITALS)
        && words.text(at + 2) == ")";
    is_short.then(|| words.prints[at + 1])
}

impl Entity {
    /// Learns what a mention shows of it.
    fn meet(&mut self, words: &Words, mention: &Mention) {
        self.mention_count += 1;
        if mention.core.len() > self.name.len() {
            self.name = mention.core.clone();
        }
        let title = mention.tokens.start..mention.core.start;
        let is = |at: usize, class: Class| words.on(at, class);
        for at in title.clone() {
            if is(at, Class::MALE) {
                self.gender.get_or_insert(Gender::Male);
            } else if is(at, Class::FEMALE) {
                self.gender.get_or_insert(Gender::Female);
            }
            self.is_person |= is(at, Class::TITLE.or(Class::TITLE_ABBREVIATION).or(Class::ROLE));
        }
        let first = mention.core.start;
        if mention.core.len() > 1 || self.gender.is_none() {
            if is(first, Class::MANS_NAME) {
                self.gender.get_or_insert(Gender::Male);
            } else if is(first, Class::WOMANS_NAME) {
                self.gender.get_or_insert(Gender::Female);
            }
        }
        let behind = mention.tokens.end;
        self.speaks |= behind < words.len() && is(behind, Class::CUE);
        let holds_body = mention.core.clone().any(|at| is(at, Class::BODY));
        self.is_person |= self.gender.is_some() && !holds_body;
        let after = appositive(words, mention);
        let described = after.clone().or_else(|| titled(words, &title));
        if self.description.is_none() {
            self.description = described;
        }
        if let Some(after) = after {
            for at in after {
                if is(at, Class::FEMALE) {
                    self.gender.get_or_insert(Gender::Female);
                } else if is(at, Class::MALE) && words.token(at).span.len_bytes() > 3 {
                    self.gender.get_or_insert(Gender::Male);
                }
            }
            self.is_person = true;
        }
    }
}

/// "Deputy Foreign Minister", "Sen": what stands before a name and says who that is, "Mr." aside.
fn titled(words: &Words, title: &Range<usize>) -> Option<Range<usize>> {
    let mut range = title.clone();
    while !range.is_empty() && (words.on(range.start, Class::DETERMINER) || !words.is(range.start, Shape::WORD)) {
        range.start += 1;
    }
    while range.len() > 1 && !words.is(range.end - 1, Shape::WORD) && words.byte(range.end - 1) != b'.' {
        range.end -= 1;
    }
    let courtesy = |at: usize| matches!(words.text(at), "Mr" | "Mrs" | "Ms" | "Miss" | "Mx" | "Sir" | "Dame" | ".");
    (!range.is_empty() && !range.clone().all(courtesy)).then_some(range)
}

/// ", the mayor of Bree,": what stands behind a name and says who that is.
fn appositive(words: &Words, mention: &Mention) -> Option<Range<usize>> {
    let comma = mention.tokens.end;
    let begin = comma + 1;
    if begin + 1 >= words.len() || words.text(comma) != "," {
        return None;
    }
    let end_of_sentence = words.sentence_tokens(comma).end;
    let opens = words.on(begin, Class::DETERMINER.or(Class::ROLE).or(Class::TITLE))
        || begin + 1 < end_of_sentence && words.on(begin + 1, Class::ROLE);
    if !opens || words.sentence_of[begin] != words.sentence_of[comma] {
        return None;
    }
    let limit = end_of_sentence.min(begin + MAX_DESCRIPTION);
    let end = (begin..limit).find(|&at| {
        matches!(words.text(at), "," | "." | ";" | ":" | "—" | "–" | "“" | "\"" | "”" | "(") || words.on(at, Class::WHO)
    })?;
    // "Lee, the mayor then warned": a sentence of its own.
    if (begin..end).any(|at| words.on(at, Class::AUXILIARY)) {
        return None;
    }
    let holds_role = (begin..end).any(|at| words.on(at, Class::ROLE.or(Class::TITLE)));
    (holds_role && end > begin).then_some(begin..end)
}

/// Whom a mention stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Referent {
    /// A named person or body.
    Entity(usize),
    /// Words that name nobody, but say more than the mention: "who".
    Words(Range<usize>),
    /// Nothing more than the mention says.
    Itself,
}

/// Leads mentions back to whom they name, in reading order.
#[derive(Debug)]
pub struct Resolver<'s, 'd, 't> {
    words: &'s Words<'d, 't>,
    mentions: &'s [Mention],
    entities: &'s Entities,
    /// Whether each mention stands inside a quote.
    is_quoted: Vec<bool>,
    /// Who spoke last, and in which sentence.
    last_speaker: Option<(usize, u32)>,
}

impl<'s, 'd, 't> Resolver<'s, 'd, 't> {
    /// A resolver at the document's beginning.
    #[must_use]
    pub fn new(words: &'s Words<'d, 't>, mentions: &'s [Mention], pieces: &[Piece], entities: &'s Entities) -> Self {
        let mut marked = pieces.iter().filter(|piece| piece.is_marked).peekable();
        let is_quoted = mentions.iter().map(|mention| {
            while marked.next_if(|piece| piece.tokens.end <= mention.tokens.start).is_some() {}
            marked.peek().is_some_and(|piece| piece.tokens.start <= mention.tokens.start)
        });
        Self { words, mentions, entities, is_quoted: is_quoted.collect(), last_speaker: None }
    }

    /// Whom the mention stands for, and how likely that is.
    pub fn resolve(&mut self, mention: usize) -> (Referent, f32) {
        let (referent, likely) = match self.mentions[mention].kind {
            Kind::Name => (self.entities.of_mention[mention].map_or(Referent::Itself, Referent::Entity), 1.0),
            Kind::Nominal => (self.described(mention), 1.0),
            Kind::Pronoun => self.antecedent(mention),
            Kind::Relative => (self.relative(mention), 0.9),
            Kind::Plural | Kind::FirstPerson => (Referent::Itself, 0.5),
        };
        if let Referent::Entity(entity) = referent {
            self.last_speaker = Some((entity, self.words.sentence_of[self.mentions[mention].tokens.start]));
        }
        (referent, likely)
    }

    /// The person a "he" or "she" stands for.
    fn antecedent(&self, mention: usize) -> (Referent, f32) {
        let pronoun = &self.mentions[mention];
        let at = pronoun.tokens.start;
        let wanted = if self.words.on(at, Class::SHE) { Gender::Female } else { Gender::Male };
        let sentence = self.words.sentence_of[at];
        let mut scores: Vec<(usize, f32)> = Vec::new();
        for before in (0..mention).rev().take(MAX_ANTECEDENTS * 2) {
            let Some(entity) = self.entities.of_mention[before] else { continue };
            let other = &self.mentions[before];
            let apart = sentence - self.words.sentence_of[other.tokens.start];
            if apart > MAX_SENTENCES || scores.len() >= MAX_ANTECEDENTS {
                break;
            }
            let score = self.fits(entity, wanted) + self.nearness(before, apart, at);
            match scores.iter_mut().find(|(known, _)| *known == entity) {
                // Named again nearby: each adds a little.
                Some((_, best)) => *best = best.max(score) + 0.25,
                None => scores.push((entity, score)),
            }
        }
        // Quotes come by where they begin, so the last one's cue can stand after this pronoun.
        if let Some((speaker, spoke)) = self.last_speaker
            && sentence.checked_sub(spoke).is_some_and(|apart| apart <= 3)
        {
            let score = self.fits(speaker, wanted) + 1.6;
            match scores.iter_mut().find(|(known, _)| *known == speaker) {
                Some((_, best)) => *best = best.max(score) + 1.0,
                None => scores.push((speaker, score)),
            }
        }
        let best = scores.iter().copied().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((entity, score)) = best.filter(|(_, score)| *score > -4.0) else { return (Referent::Itself, 0.3) };
        let total: f32 = scores.iter().map(|(_, other)| (other - score).exp()).sum();
        (Referent::Entity(entity), 1.0 / total)
    }

    /// How well a "he" or "she" suits an entity.
    fn fits(&self, entity: usize, wanted: Gender) -> f32 {
        let entity = &self.entities.entities[entity];
        let gender = match entity.gender {
            Some(gender) if gender == wanted => 1.0,
            Some(_) => -8.0,
            None if entity.is_person => 0.0,
            None if entity.speaks => -0.6,
            None => -2.2,
        };
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let often = (entity.mention_count as f32).ln();
        gender + 0.35 * often
    }

    /// How near a mention is to the pronoun at `at`, in the reader's mind.
    fn nearness(&self, mention: usize, sentences_apart: u32, at: usize) -> f32 {
        let words = self.words;
        let other = &self.mentions[mention];
        #[expect(clippy::cast_precision_loss, reason = "a small count")]
        let mut score = -0.5 * sentences_apart as f32;
        let opening = words.sentence_tokens(other.tokens.start).start;
        let is_subject = other.tokens.start <= opening + 1
            || other.tokens.end < words.len()
                && words.on(other.tokens.end, Class::CUE.or(Class::AUXILIARY))
                && !words.on(other.tokens.start.saturating_sub(1), Class::PREPOSITION);
        score += if is_subject { 0.9 } else { 0.0 };
        if self.is_quoted[mention] {
            score -= 1.6;
        }
        if other.tokens.end < words.len() && matches!(words.text(other.tokens.end), "'s" | "’s" | "’") {
            score -= 0.4;
        }
        if words.paragraph(other.tokens.start) != words.paragraph(at) {
            score -= 0.3;
        }
        score
    }

    /// "the deputy minister": the last one before it who is described so.
    fn described(&self, mention: usize) -> Referent {
        let words = self.words;
        let nominal = &self.mentions[mention];
        let head = words.prints[nominal.core.end - 1];
        let is_definite = matches!(words.text(nominal.tokens.start), "the" | "The" | "this" | "This");
        if !is_definite || nominal.tokens.len() > 6 {
            return Referent::Itself;
        }
        let describes = |range: Option<Range<usize>>| range.into_iter().flatten().any(|at| words.prints[at] == head);
        let of_before = self.entities.of_mention[..mention].iter().rev().take(MAX_ANTECEDENTS * 2).flatten();
        for &entity in of_before {
            if describes(self.entities.entities[entity].description.clone()) {
                return Referent::Entity(entity);
            }
        }
        Referent::Itself
    }

    /// "who": what stands right before it.
    fn relative(&self, mention: usize) -> Referent {
        let at = self.mentions[mention].tokens.start;
        let before = (0..mention).rev().take(4).find(|&before| {
            let other = &self.mentions[before];
            matches!(other.kind, Kind::Name | Kind::Nominal) && other.tokens.end + 2 >= at
        });
        // Past an appositive: "Lee, the mayor of Bree, who".
        let before =
            before.or_else(|| (0..mention).rev().take(4).find(|&before| self.mentions[before].kind == Kind::Name));
        match before.map(|before| (before, self.entities.of_mention[before])) {
            Some((_, Some(entity))) => Referent::Entity(entity),
            Some((before, None)) => Referent::Words(self.mentions[before].tokens.clone()),
            None => Referent::Itself,
        }
    }
}
