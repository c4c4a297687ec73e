//! Puts quotes together: stretches that belong to one quote, whom their mentions name, and who speaks in all.

use std::{collections::HashMap, ops::Range};

use super::{
    Attribution, Form, Options, Quote, Quotes, Source, Speaker,
    attribution::{Candidate, Choice, Scene},
    construction,
    content::{Content, Piece},
    mention::Mention,
    speaker::{self, Entities, Referent, Resolver},
};
use crate::text::{Span, token::Shape};

/// The quotes while they are put together.
#[derive(Debug)]
pub(super) struct Assembly<'s, 'w, 'd, 't> {
    scene: &'s Scene<'w, 'd, 't>,
    options: &'s Options,
    entities: Entities,
    speakers: Vec<Speaker>,
    /// The speaker of each entity that was named.
    speaker_of: HashMap<usize, u32>,
}

impl<'s, 'w, 'd, 't> Assembly<'s, 'w, 'd, 't> {
    pub(super) fn new(scene: &'s Scene<'w, 'd, 't>, options: &'s Options) -> Self {
        let entities = speaker::entities(scene.words, &scene.mentions);
        Self { scene, options, entities, speakers: Vec::new(), speaker_of: HashMap::new() }
    }

    /// One quote for each run of contents with the same source and cue.
    pub(super) fn assemble(mut self, contents: &[Content], choices: &[Choice]) -> Quotes {
        let scene = self.scene;
        let entities = std::mem::take(&mut self.entities);
        let mut resolver = Resolver::new(scene.words, &scene.mentions, &scene.pieces, &entities);
        let mut quotes: Vec<Quote> = Vec::new();
        let mut last: Option<(&Choice, Form)> = None;
        for content in contents {
            let marked: Vec<usize> = content
                .pieces
                .clone()
                .filter(|&piece| choices[piece].candidate != Candidate::NoQuote && scene.pieces[piece].is_marked)
                .collect();
            let Some(&first) = marked.first().or(content.pieces.clone().last().as_ref()) else { continue };
            let choice = &choices[first];
            if marked.is_empty() && !self.options.include_indirect {
                continue;
            }
            let (form, span) = self.form(content, &marked);
            let piece = &scene.pieces[first];
            let joins = last.is_some_and(|(last, last_form)| {
                (form == Form::Indirect) == (last_form == Form::Indirect) && joins(last, choice, piece)
            });
            last = Some((choice, form));
            let spans = marked.iter().map(|&piece| scene.pieces[piece].span);
            if joins && let Some(quote) = quotes.last_mut() {
                quote.contents.push(span);
                quote.quoted.extend(spans);
                if form != quote.form {
                    quote.form = Form::Mixed;
                }
                continue;
            }
            let attribution = self.attribution(&mut resolver, &entities, choice);
            let paragraph_index = scene.words.document.paragraphs[piece.paragraph].body_index;
            quotes.push(Quote { form, contents: vec![span], quoted: spans.collect(), attribution, paragraph_index });
        }
        Quotes { quotes, speakers: self.speakers }
    }

    /// How much of a content stands inside marks, and where it stands: outer marks left off.
    fn form(&self, content: &Content, pieces: &[usize]) -> (Form, Span) {
        let Some(&first) = pieces.first() else { return (Form::Indirect, self.span(&content.tokens)) };
        let inside = |at: usize| pieces.iter().any(|&piece| self.scene.pieces[piece].tokens.contains(&at));
        let is_mixed = content.tokens.clone().any(|at| self.scene.words.is(at, Shape::WORD) && !inside(at));
        if is_mixed {
            (Form::Mixed, self.span(&content.tokens))
        } else if pieces.len() == 1 {
            (Form::Direct, self.scene.pieces[first].span)
        } else {
            (Form::Direct, self.span(&content.tokens))
        }
    }

    fn attribution(&mut self, resolver: &mut Resolver, entities: &Entities, choice: &Choice) -> Option<Attribution> {
        let Candidate::Source { mention, cue } = &choice.candidate else { return None };
        let scene = self.scene;
        let mention = construction::named_behind(scene, *mention).unwrap_or(*mention);
        let (referent, likely) = resolver.resolve(mention);
        let confidence = choice.probability * likely;
        if confidence < self.options.min_confidence {
            return None;
        }
        let cue = cue.clone().or_else(|| construction::passive_cue(scene, &scene.mentions[mention]));
        let mut sources = vec![self.source(&scene.mentions[mention], &referent, entities)];
        if let Some(other) = construction::joined(scene, mention, cue.as_ref()) {
            let (referent, _) = resolver.resolve(other);
            let source = self.source(&scene.mentions[other], &referent, entities);
            sources.insert(usize::from(other > mention), source);
        }
        Some(Attribution { sources, cue: cue.map(|cue| self.span(&cue)), confidence })
    }

    fn source(&mut self, mention: &Mention, referent: &Referent, entities: &Entities) -> Source {
        let mention = self.span(&mention.tokens);
        let Referent::Entity(id) = *referent else {
            let words = match referent {
                Referent::Words(words) => self.span(words),
                _ => mention,
            };
            return Source { mention, speaker: words, speaker_index: None };
        };
        let entity = &entities.entities[id];
        let name = self.span(&entity.name);
        let index =
            *self.speaker_of.entry(id).or_insert_with(|| u32::try_from(self.speakers.len()).unwrap_or(u32::MAX));
        if index as usize == self.speakers.len() {
            let description = entity.description.as_ref().map(|description| self.span(description));
            self.speakers.push(Speaker { name, description, quote_count: 0, mentions: Vec::new() });
        }
        let speaker = &mut self.speakers[index as usize];
        speaker.quote_count += 1;
        if !speaker.mentions.contains(&mention) {
            speaker.mentions.push(mention);
        }
        Source { mention, speaker: name, speaker_index: Some(index) }
    }

    fn span(&self, tokens: &Range<usize>) -> Span {
        let words = self.scene.words;
        Span { begin: words.token(tokens.start).span.begin, end: words.token(tokens.end - 1).span.end }
    }
}

/// Whether a piece goes on with the quote before it: the cue interrupts it, or it runs over a paragraph's end.
fn joins(last: &Choice, choice: &Choice, piece: &Piece) -> bool {
    piece.continues
        || matches!((&last.candidate, &choice.candidate),
            (Candidate::Source { mention: a, cue: c }, Candidate::Source { mention: b, cue: d }) if a == b && c == d)
}
