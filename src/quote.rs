//! Finds who said what.

mod assembly;
pub mod attribution;
pub mod caseless;
mod construction;
pub mod content;
mod interview;
pub mod mention;
mod nested;
pub mod reference;
pub mod reported;
pub mod speaker;
mod transcript;
pub mod weight;
pub mod words;

use assembly::Assembly;
use attribution::Scene;
use reported::Labels;
use weight::Weights;
use words::Words;

use crate::{
    cancel::{Cancel, Cancelled},
    document::Document,
    text::Span,
};

/// What is asked of the quotes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also finds speech reported without quotation marks.
    pub include_indirect: bool,
    /// From 0 to 1: quotes attributed with less are returned without an attribution.
    pub min_confidence: f32,
}

/// The quotes of a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quotes {
    /// In reading order.
    pub quotes: Vec<Quote>,
    /// Who is quoted, in the order of their first quotes.
    pub speakers: Vec<Speaker>,
}

/// Words that the article says somebody spoke or wrote.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// How much of it stands inside quotation marks.
    pub form: Form,
    /// All that is reported, outer marks left off where one pair encloses the whole piece.
    pub contents: Vec<Span>,
    /// The stretches inside quotation marks, without the marks.
    pub quoted: Vec<Span>,
    /// Who said it; none when the text names nobody.
    pub attribution: Option<Attribution>,
    /// Which of the body's paragraphs it begins in.
    pub paragraph_index: u32,
}

/// How much of a quote stands inside quotation marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// All of it.
    Direct,
    /// Some of it; the rest is in the reporter's words.
    Mixed,
    /// None of it.
    Indirect,
}

/// The link from a quote to who said it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// Who said it: at least one.
    pub sources: Vec<Source>,
    /// The reporting words; none after a bare colon or dash.
    pub cue: Option<Span>,
    /// How likely it is right, from 0 to 1.
    pub confidence: f32,
}

/// The words that name who spoke, and whom they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The words themselves.
    pub mention: Span,
    /// The fullest name the document gives; for a mention that resolves to no name, the mention.
    pub speaker: Span,
    /// Its place in [`Quotes::speakers`]; none when the mention resolves to no name.
    pub speaker_index: Option<u32>,
}

/// A person or body that the article quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The fullest name the article gives.
    pub name: Span,
    /// Who that is, as the article puts it.
    pub description: Option<Span>,
    /// How many quotes are attributed to this speaker.
    pub quote_count: u32,
    /// Where the sources of quotes name this speaker.
    pub mentions: Vec<Span>,
}

/// Finds the quotes of `document` and who said each.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn extract_quotes(document: &Document, options: &Options, cancel: Cancel<'_>) -> Result<Quotes, Cancelled> {
    if document.marks.is_empty() && !options.include_indirect {
        return Ok(Quotes::default());
    }
    let weights = Weights::learned();
    let words = Words::of(document, cancel)?;
    let mentions = mention::find(&words, cancel)?;
    let pieces = content::pieces(&words);
    cancel.check()?;
    let scene = Scene::new(&words, mentions, pieces, cancel)?;
    // What the model has learned of English words and punctuation tells nothing there.
    let labels = if caseless::is_caseless(document.language) {
        Labels::default()
    } else {
        Labels::of(&scene, &weights.label, options.include_indirect, cancel)?
    };
    let turns = if options.include_indirect { transcript::turns(&words, &scene.mentions) } else { Vec::new() };
    let stretches = transcript::lay_over(reported::stretches(&scene, &labels), turns);
    cancel.check()?;
    let mut scene = scene.with_labels(labels);
    let contents = content::contents(&words, &mut scene.pieces, &stretches);
    cancel.check()?;
    let mut choices = scene.attribute(&weights.attribution, cancel)?;
    interview::answer(&scene, &mut choices);
    interview::answer_lettered(&scene, &mut choices);
    let nested = nested::find(&scene);
    let entities = speaker::entities(&words, &scene.mentions, cancel)?;
    Assembly::new(&scene, options, &nested, &entities).assemble(&contents, &choices, cancel)
}
