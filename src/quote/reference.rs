//! Whom pronouns and descriptions stand for.

pub mod antecedent;

use std::ops::Range;

use super::{
    content::Piece,
    mention::{Kind, Mention},
    speaker::Entities,
    words::Words,
};
use antecedent::{Discourse, Weights};

/// How likely a description that nothing before explains is of who spoke before.
const VARIED: f32 = 0.7;

/// How likely an "it" that says something is the body that spoke before.
const BODY: f32 = 0.6;

/// Whom a mention stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Referent {
    /// A named person or body.
    Entity(usize),
    /// Words that name nobody, but say more than the mention: "her mother" for "who".
    Words(Range<usize>),
    /// Nothing more than the mention says.
    Itself,
}

/// Whom the mentions of a document stand for.
#[derive(Debug)]
pub struct Resolver<'s> {
    mentions: &'s [Mention],
    entities: &'s Entities,
    /// The entity of each mention, and how likely it is that one.
    of_mention: Vec<Option<(usize, f32)>>,
}

impl<'s> Resolver<'s> {
    /// Reads the mentions from the document's beginning to its end. `sources` are those that quotes are attributed to.
    #[must_use]
    pub fn new(
        words: &Words,
        mentions: &'s [Mention],
        pieces: &[Piece],
        entities: &'s Entities,
        sources: impl Iterator<Item = usize>,
    ) -> Self {
        let mut discourse = Discourse::new(words, mentions, pieces, entities, sources);
        let mut of_mention: Vec<Option<(usize, f32)>> = Vec::with_capacity(mentions.len());
        for (at, mention) in mentions.iter().enumerate() {
            let entity = match mention.kind {
                Kind::Pronoun => antecedent::choose(&discourse.candidates(at), Weights::learned()),
                Kind::Plural => discourse.body(at).map(|entity| (entity, BODY)),
                Kind::Nominal => discourse.varied(at).map(|entity| (entity, VARIED)),
                _ => None,
            };
            let entity = entity.or_else(|| entities.of_mention[at].map(|entity| (entity, 1.0)));
            if mention.kind != Kind::Pronoun || discourse.is_followed(at) {
                discourse.pass(at, entity);
            }
            of_mention.push(entity);
        }
        Self { mentions, entities, of_mention }
    }

    /// Whom the mention stands for, and how likely that is.
    #[must_use]
    pub fn resolve(&self, mention: usize) -> (Referent, f32) {
        match self.mentions[mention].kind {
            Kind::Name | Kind::Nominal => match self.of_mention[mention] {
                Some((entity, likely)) => (self.referent(mention, entity), likely),
                None => (Referent::Itself, 1.0),
            },
            Kind::Pronoun => match self.of_mention[mention] {
                Some((entity, likely)) => (self.referent(mention, entity), likely),
                None => (Referent::Itself, 0.3),
            },
            Kind::Relative => (self.relative(mention), 0.9),
            Kind::Plural => match self.of_mention[mention] {
                Some((entity, likely)) => (self.referent(mention, entity), likely),
                None => (Referent::Itself, 0.5),
            },
            Kind::FirstPerson => (Referent::Itself, 0.5),
        }
    }

    fn referent(&self, mention: usize, entity: usize) -> Referent {
        let of = &self.entities.entities[entity];
        if of.is_named {
            Referent::Entity(entity)
        } else if self.mentions[mention].kind == Kind::Nominal {
            Referent::Itself
        } else {
            Referent::Words(of.name.clone())
        }
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
        match before.map(|before| (before, self.of_mention[before])) {
            Some((_, Some((entity, _)))) => self.referent(mention, entity),
            Some((before, None)) => Referent::Words(self.mentions[before].tokens.clone()),
            None => Referent::Itself,
        }
    }
}
