//! Whom pronouns and descriptions stand for.

pub mod antecedent;

use super::{
    attribution::Scene,
    mention::{Kind, Mention},
    speaker::Entities,
};
use crate::cancel::{Cancel, Cancelled};
use antecedent::{Discourse, Weights};

/// How likely a description that nothing before explains is of who spoke before.
const VARIED: f32 = 0.7;

/// How likely an "it" that says something is the body that spoke before.
const BODY: f32 = 0.6;

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
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn new(
        scene: &'s Scene,
        entities: &'s Entities,
        sources: impl Iterator<Item = usize>,
        cancel: Cancel<'_>,
    ) -> Result<Self, Cancelled> {
        let mentions = &scene.mentions[..];
        let mut discourse = Discourse::new(scene, entities, sources);
        let mut of_mention: Vec<Option<(usize, f32)>> = Vec::with_capacity(mentions.len());
        for (at, mention) in mentions.iter().enumerate() {
            cancel.check()?;
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
        Ok(Self { mentions, entities, of_mention })
    }

    /// The named person or body that the mention stands for, and how likely that is; `None` where the mention's own words say
    /// all that the document does.
    #[must_use]
    pub fn resolve(&self, mention: usize) -> (Option<usize>, f32) {
        let kind = self.mentions[mention].kind;
        if kind == Kind::Relative {
            return (self.relative(mention), 0.9);
        }
        let unexplained = match kind {
            Kind::Name | Kind::Nominal | Kind::Relative => 1.0,
            Kind::Pronoun => 0.3,
            Kind::Plural | Kind::FirstPerson => 0.5,
        };
        match self.of_mention[mention].filter(|_| kind != Kind::FirstPerson) {
            Some((entity, likely)) => (self.named(entity), likely),
            None => (None, unexplained),
        }
    }

    fn named(&self, entity: usize) -> Option<usize> {
        self.entities.entities[entity].is_named.then_some(entity)
    }

    /// "who": what stands right before it.
    fn relative(&self, mention: usize) -> Option<usize> {
        let at = self.mentions[mention].tokens.start;
        let before = (0..mention).rev().take(4).find(|&before| {
            let other = &self.mentions[before];
            matches!(other.kind, Kind::Name | Kind::Nominal) && other.tokens.end + 2 >= at
        });
        // Past an appositive: "Lee, the mayor of Bree, who".
        let before =
            before.or_else(|| (0..mention).rev().take(4).find(|&before| self.mentions[before].kind == Kind::Name));
        let (entity, _) = self.of_mention[before?]?;
        self.named(entity)
    }
}
