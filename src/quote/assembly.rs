//! Puts quotes together: stretches that belong to one quote, whom their mentions name, and who speaks in all.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use super::{
    Attribution, Form, Options, Quote, Quotes, Source, Speaker,
    attribution::{Candidate, Choice, Scene},
    construction,
    content::{Content, Piece},
    mention::{Kind, Mention},
    nested::{self, Nested},
    reference::Resolver,
    speaker::Entities,
    transcript::Lettered,
};
use crate::{
    cancel::{Cancel, Cancelled},
    text::{Span, token::Shape},
};

/// How likely the source of a quote inside a quote is right.
const NESTED: f32 = 0.7;

/// The quotes while they are put together.
#[derive(Debug)]
pub(super) struct Assembly<'s, 'w, 'd, 't> {
    scene: &'s Scene<'w, 'd, 't>,
    options: &'s Options,
    /// Quotes inside quotes, in reading order.
    nested: &'s [Nested],
    entities: &'s Entities,
    speakers: Vec<Speaker>,
    /// The speaker of each entity that was named.
    speaker_of: BTreeMap<usize, u32>,
    /// Each speaker's mentions.
    named: BTreeSet<(u32, Span)>,
}

impl<'s, 'w, 'd, 't> Assembly<'s, 'w, 'd, 't> {
    pub(super) fn new(
        scene: &'s Scene<'w, 'd, 't>,
        options: &'s Options,
        nested: &'s [Nested],
        entities: &'s Entities,
    ) -> Self {
        Self {
            scene,
            options,
            nested,
            entities,
            speakers: Vec::new(),
            speaker_of: BTreeMap::new(),
            named: BTreeSet::new(),
        }
    }

    /// One quote for each run of contents with the same source and cue.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub(super) fn assemble(
        mut self,
        contents: &[Content],
        choices: &[Choice],
        cancel: Cancel<'_>,
    ) -> Result<Quotes, Cancelled> {
        let scene = self.scene;
        let sources = choices.iter().filter_map(Choice::mention);
        let resolver = Resolver::new(scene, self.entities, sources, cancel)?;
        let mut quotes: Vec<Quote> = Vec::new();
        let mut last: Option<(&Choice, Part)> = None;
        let mut own = 0;
        let mut parts: Vec<Part> = Vec::with_capacity(contents.len());
        for content in contents {
            cancel.check()?;
            parts.extend(self.parts(content, choices));
        }
        parts.sort_by_key(|part| part.span.begin);
        for part in parts {
            cancel.check()?;
            let choice = &choices[part.pieces[0]];
            let piece = &scene.pieces[part.pieces[0]];
            let joins = last.as_ref().is_some_and(|(last, before)| {
                (part.form == Form::Indirect) == (before.form == Form::Indirect)
                    && (piece.continues || same_source(last, choice) && self.is_interrupted(before, &part, choice))
            });
            let marked = part.pieces.iter().copied().filter(|&piece| scene.pieces[piece].is_marked);
            let inside: Vec<&[Nested]> = marked.clone().map(|piece| self.nested_in(piece)).collect();
            let spans = marked.zip(&inside);
            let spans =
                spans.flat_map(|(piece, nested)| nested::without(scene.words, scene.pieces[piece].span, nested));
            // What stands inside a stretch is no further stretch of the same quote.
            let follows = |quote: &&mut Quote| quote.contents.iter().all(|before| before.end <= part.span.begin);
            if joins && let Some(quote) = quotes.get_mut(own).filter(follows) {
                quote.contents.push(part.span);
                quote.quoted.extend(spans);
                if part.form != quote.form {
                    quote.form = Form::Mixed;
                }
            } else {
                let attribution = self.attribution(&resolver, piece, choice);
                let paragraph_index = scene.words.document.paragraphs[piece.paragraph].body_index;
                own = quotes.len();
                quotes.push(Quote {
                    form: part.form,
                    contents: vec![part.span],
                    quoted: spans.collect(),
                    attribution,
                    paragraph_index,
                });
            }
            for nested in inside.into_iter().flatten() {
                let quote = self.nested_quote(nested, &quotes[own]);
                quotes.push(quote);
            }
            last = Some((choice, part));
        }
        Ok(Quotes { quotes, speakers: self.speakers })
    }

    /// The quotes inside a piece.
    fn nested_in(&self, piece: usize) -> &'s [Nested] {
        let first = self.nested.partition_point(|nested| nested.outer < piece);
        let end = self.nested.partition_point(|nested| nested.outer <= piece);
        &self.nested[first..end]
    }

    /// What the speaker of `outer` says that somebody else has said.
    fn nested_quote(&mut self, nested: &Nested, outer: &Quote) -> Quote {
        let scene = self.scene;
        let mention = &scene.mentions[nested.mention];
        let entity = self.entities.of_mention[nested.mention].filter(|_| mention.kind == Kind::Name);
        let source = self.source(mention, entity);
        let confidence = NESTED;
        let cue = Some(self.span(&nested.cue));
        let attribution = Attribution { sources: vec![source], cue, confidence };
        Quote {
            form: Form::Direct,
            contents: vec![nested.span],
            quoted: vec![nested.span],
            attribution: Some(attribution).filter(|attribution| attribution.confidence >= self.options.min_confidence),
            paragraph_index: outer.paragraph_index,
        }
    }

    /// The quotes of one content: what one source says, and what others say inside it.
    fn parts(&self, content: &Content, choices: &[Choice]) -> Vec<Part> {
        let pieces = &self.scene.pieces;
        let is_quote = |piece: &usize| choices[*piece].candidate != Candidate::NoQuote;
        let marked: Vec<usize> =
            content.pieces.clone().filter(is_quote).filter(|&piece| pieces[piece].is_marked).collect();
        let Some(&first) = marked.first() else {
            let reported = content.pieces.clone().find(|&piece| !pieces[piece].is_marked);
            let piece =
                reported.filter(|&piece| self.options.include_indirect && self.is_told(content, &choices[piece]));
            let part = piece.map(|piece| self.part(content.tokens.clone(), vec![piece], &choices[piece]));
            return part.into_iter().collect();
        };
        let stands_outside = |piece: &usize| {
            let mention = choices[*piece].mention();
            mention.is_some_and(|mention| !content.tokens.contains(&self.scene.mentions[mention].tokens.start))
        };
        let outer = marked.iter().copied().find(|piece| stands_outside(piece)).unwrap_or(first);
        let (own, others): (Vec<usize>, Vec<usize>) =
            marked.into_iter().partition(|&piece| piece == outer || same_source(&choices[piece], &choices[outer]));
        let inner =
            others.into_iter().map(|piece| self.part(pieces[piece].tokens.clone(), vec![piece], &choices[piece]));
        inner.chain([self.part(content.tokens.clone(), own, &choices[outer])]).collect()
    }

    /// Whether the text says that somebody says a stretch without marks: by a cue, by a name and a colon before it, or by "A:".
    fn is_told(&self, content: &Content, choice: &Choice) -> bool {
        let Candidate::Source { mention, cue } = &choice.candidate else { return false };
        let mention = &self.scene.mentions[*mention];
        let words = self.scene.words;
        let begin = content.tokens.start;
        let turn = || words.paragraph_tokens(words.paragraph(begin));
        let is_turn = || {
            begin == mention.tokens.end + 1 && words.text(mention.tokens.end) == ":"
                || Lettered::of(words, &turn()).is_some_and(|lettered| lettered.begin == begin)
        };
        cue.is_some() || construction::cue(self.scene, mention).is_some() || is_turn()
    }

    /// How much of a stretch stands inside marks, and where it stands: outer marks left off, and what names its source.
    fn part(&self, mut tokens: Range<usize>, pieces: Vec<usize>, choice: &Choice) -> Part {
        let scene = self.scene;
        let of = |piece: usize| &scene.pieces[piece];
        let (first, last) = (of(pieces[0]), of(pieces[pieces.len() - 1]));
        if !first.is_marked {
            let span = self.span(&tokens);
            return Part { form: Form::Indirect, span, tokens, pieces };
        }
        if let Candidate::Source { mention, cue } = &choice.candidate {
            let mention = &scene.mentions[*mention].tokens;
            let link =
                cue.as_ref().map_or(mention.clone(), |cue| mention.start.min(cue.start)..mention.end.max(cue.end));
            if link.end <= first.tokens.start {
                tokens.start = tokens.start.max(link.end);
                if let Some(begin) = construction::foreign::begins_behind_head(scene, &link, first) {
                    tokens.start = begin;
                }
            }
            let is_passive = scene.words.text(last.tokens.end.min(scene.words.len() - 1)) == "by";
            if is_passive || construction::is_how(scene, last).is_some() {
                tokens.end = last.tokens.end;
            } else if link.start >= last.tokens.end {
                tokens.end = tokens.end.min(link.start);
            }
        }
        // What stands before a comma or colon and a capital, or goes on behind a comma, is no part of what is said.
        let words = scene.words;
        let before = first.tokens.start.checked_sub(1).map_or("", |at| words.text(at));
        let opens = before == ":" || before == "," && words.is(first.inner.start, Shape::CAPITALISED);
        if opens {
            tokens.start = first.tokens.start;
        }
        while tokens.start < first.tokens.start
            && !words.is(tokens.start, Shape::WORD)
            && !scene.is_marked(tokens.start)
        {
            tokens.start += 1;
        }
        let is_headline = before == ":" && words.is_headline(first.tokens.start);
        if words.text(last.inner.end - 1) == "," || is_headline {
            tokens.end = last.tokens.end;
        }
        // Pieces stand one behind the other.
        let inside = |at: usize| {
            let next = pieces.partition_point(|&piece| of(piece).tokens.start <= at);
            next > 0 && of(pieces[next - 1]).tokens.contains(&at)
        };
        let is_mixed = tokens.clone().any(|at| words.is(at, Shape::WORD) && !inside(at));
        let form = if is_mixed { Form::Mixed } else { Form::Direct };
        let span = match (form, &pieces[..]) {
            (Form::Direct, [piece]) => of(*piece).span,
            (Form::Direct, _) => Span { begin: first.span.begin, end: last.span.end },
            _ => {
                let span = self.span(&tokens);
                Span { begin: span.begin.min(first.span.begin), end: span.end.max(last.span.end) }
            }
        };
        Part { form, span, tokens, pieces }
    }

    /// Whether two parts with one source are one quote: they stand in one sentence, or only their source and cue stand
    /// between them.
    fn is_interrupted(&self, before: &Part, part: &Part, choice: &Choice) -> bool {
        let words = self.scene.words;
        let Candidate::Source { mention, cue } = &choice.candidate else { return false };
        let piece = &self.scene.pieces[part.pieces[0]];
        let led = cue.as_ref().and_then(|cue| construction::participle(self.scene, piece, cue));
        if led.is_some_and(|participle| participle.start >= before.tokens.end) {
            return false;
        }
        let gap = before.tokens.end..part.tokens.start.max(before.tokens.end);
        let holds_source = gap.contains(&self.scene.mentions[*mention].tokens.start);
        let is_bare = !gap.clone().any(|at| words.is(at, Shape::WORD));
        let same_sentence = words.sentence_of[before.tokens.end - 1] == words.sentence_of[part.tokens.start];
        let same_paragraph = words.paragraph(before.tokens.end - 1) == words.paragraph(part.tokens.start);
        same_paragraph && (holds_source || is_bare) || same_sentence
    }

    fn attribution(&mut self, resolver: &Resolver, piece: &Piece, choice: &Choice) -> Option<Attribution> {
        let Candidate::Source { mention, cue } = &choice.candidate else { return None };
        let scene = self.scene;
        let mention = construction::head_of(scene, *mention).unwrap_or(*mention);
        let mention = construction::named_behind(scene, mention).unwrap_or(mention);
        let (entity, likely) = resolver.resolve(mention);
        let confidence = choice.probability * likely;
        if confidence < self.options.min_confidence {
            return None;
        }
        let cue = match cue {
            Some(cue) => construction::participle(scene, piece, cue).or_else(|| Some(cue.clone())),
            None => construction::cue(scene, &scene.mentions[mention]),
        };
        if cue.is_none() && construction::modifies(scene, &scene.mentions[mention]) {
            return None;
        }
        let mut sources = vec![self.source(&scene.mentions[mention], entity)];
        if let Some(other) = construction::joined(scene, mention, cue.as_ref()) {
            let (entity, _) = resolver.resolve(other);
            let source = self.source(&scene.mentions[other], entity);
            sources.insert(usize::from(other > mention), source);
        }
        Some(Attribution { sources, cue: cue.map(|cue| self.span(&cue)), confidence })
    }

    fn source(&mut self, mention: &Mention, entity: Option<usize>) -> Source {
        let mention = self.span(&mention.tokens);
        let Some(id) = entity else {
            return Source { mention, speaker: mention, speaker_index: None };
        };
        let entity = &self.entities.entities[id];
        let name = self.span(&entity.name);
        let index =
            *self.speaker_of.entry(id).or_insert_with(|| u32::try_from(self.speakers.len()).unwrap_or(u32::MAX));
        if index as usize == self.speakers.len() {
            let description = entity.fullest_description().map(|description| self.span(description));
            self.speakers.push(Speaker { name, description, quote_count: 0, mentions: Vec::new() });
        }
        let speaker = &mut self.speakers[index as usize];
        speaker.quote_count += 1;
        if self.named.insert((index, mention)) {
            speaker.mentions.push(mention);
        }
        Source { mention, speaker: name, speaker_index: Some(index) }
    }

    fn span(&self, tokens: &Range<usize>) -> Span {
        self.scene.words.span(tokens)
    }
}

/// A stretch that one source says.
#[derive(Debug)]
struct Part {
    form: Form,
    span: Span,
    tokens: Range<usize>,
    /// At least one, as places among all.
    pieces: Vec<usize>,
}

/// Whether the same words name the source of both.
fn same_source(a: &Choice, b: &Choice) -> bool {
    matches!((&a.candidate, &b.candidate),
        (Candidate::Source { mention: a, cue: c }, Candidate::Source { mention: b, cue: d }) if a == b && c == d)
}
