//! Learns what `data/antecedent_weights.txt` holds, bit for bit, from articles in which people have said whom pronouns stand
//! for. `tools/learn_quotes.sh` runs it.
//!
//! ```text
//! learn_antecedents ARTICLES WEIGHTS
//! ```
//!
//! ARTICLES holds a JSON object a line: `text`, and `attrs` with the spans, in code points, of each attribution's `source`,
//! its `source_type`, and the words that name whom it stands for, `resolved`; WEIGHTS is written.

#![expect(clippy::print_stdout, reason = "a command for the terminal")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

use std::{collections::HashMap, error::Error, fs};

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    quote::{
        attribution::{Choice, Scene},
        content,
        mention::{self, Kind},
        reference::antecedent::{self, Discourse, FEATURES, Features, Weights},
        reported::Labels,
        speaker::{self, Entities},
        weight,
        words::Words,
    },
};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// How often the articles are read with the weights learned from the reading before.
const READINGS: usize = 4;
/// How many parts the articles are cut into, each of which is judged by weights learned from the others.
const FOLDS: usize = 7;
/// How strongly weights are drawn to what is expected of them.
const DECAY: f32 = 2.0;
/// What is expected of each of [`FEATURES`] by what linguists have found, before any article is read.
const EXPECTED: Features = [
    1.5, -8.0, 0.8, 0.5, 1.0, -1.5, -1.0, 0.3, 0.0, 0.5, 0.3, 0.9, 0.6, 0.3, 0.3, 0.5, 0.5, 2.0, -1.6, -0.5, -0.3, 0.5,
    0.1, 0.5, 0.3, 0.3, 0.2, -0.5, 0.0, -0.5,
];

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [articles, file] = &arguments[..] else { return Err("see the head of examples/learn_antecedents.rs".into()) };
    let articles = load(articles)?;
    let (mut right, mut all) = (0, 0);
    for fold in 0..FOLDS {
        let is_held = |at: usize| at % FOLDS == fold;
        let rest: Vec<&Article> =
            articles.iter().enumerate().filter(|(at, _)| !is_held(*at)).map(|(_, of)| of).collect();
        let weights = learn(&rest)?;
        for (_, article) in articles.iter().enumerate().filter(|(at, _)| is_held(*at)) {
            for example in read(article, &weights)? {
                all += 1;
                let best = antecedent::choose(&example.candidates, &weights).map(|(entity, _)| entity);
                right += usize::from(best.is_some_and(|best| example.right.contains(&best)));
            }
        }
    }
    println!("held out: {right} of {all} right");
    let all: Vec<&Article> = articles.iter().collect();
    let weights = learn(&all)?;
    let head: Vec<String> =
        fs::read_to_string(file)?.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect();
    fs::write(file, format!("{}\n{}", head.join("\n"), weights.write()))?;
    Ok(())
}

/// An article, and the words that name whom its pronouns stand for, by the byte each begins at.
struct Article {
    text: String,
    resolved: HashMap<u32, Vec<String>>,
}

fn load(path: &str) -> Fallible<Vec<Article>> {
    fs::read_to_string(path)?
        .lines()
        .map(|line| {
            let item: serde_json::Value = serde_json::from_str(line)?;
            let text = item["text"].as_str().unwrap_or_default().to_owned();
            let bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
            let mut resolved = HashMap::new();
            for gold in item["attrs"].as_array().into_iter().flatten() {
                let words: Vec<String> = gold["resolved"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(|word| word.as_str().map(str::to_owned))
                    .collect();
                let begin = gold["source"][0][0].as_u64().and_then(|at| bytes.get(usize::try_from(at).ok()?));
                if let Some(&begin) = begin
                    && gold["source_type"] == "pronoun"
                    && !words.is_empty()
                {
                    resolved.insert(u32::try_from(begin)?, words);
                }
            }
            Ok(Article { text, resolved })
        })
        .collect()
}

/// A pronoun, whom it may stand for, and which of them are right.
struct Example {
    candidates: Vec<antecedent::Candidate>,
    right: Vec<usize>,
}

/// Reads an article with `weights`; answers the pronouns of which people have said whom they stand for.
fn read(article: &Article, weights: &Weights) -> Fallible<Vec<Example>> {
    let options = ReadOptions { language_code: "en", ..ReadOptions::default() };
    let document = Document::parse(&article.text, options, Cancel::NEVER).map_err(|_| "cancelled")?;
    let words = Words::of(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
    let learned = weight::Weights::learned();
    let mentions = mention::find(&words, Cancel::NEVER).map_err(|_| "cancelled")?;
    let scene = Scene::new(&words, mentions, content::pieces(&words), Cancel::NEVER).map_err(|_| "cancelled")?;
    let labels = Labels::of(&scene, &learned.label, false, Cancel::NEVER).map_err(|_| "cancelled")?;
    let scene = scene.with_labels(labels);
    let choices = scene.attribute(&learned.attribution, Cancel::NEVER).map_err(|_| "cancelled")?;
    let entities = speaker::entities(&words, &scene.mentions, Cancel::NEVER).map_err(|_| "cancelled")?;
    let mut discourse = Discourse::new(&scene, &entities, choices.iter().filter_map(Choice::mention));
    let mut examples = Vec::new();
    for (at, mention) in scene.mentions.iter().enumerate() {
        if mention.kind != Kind::Pronoun {
            let entity = Some(at).filter(|_| mention.kind == Kind::Nominal).and_then(|at| discourse.varied(at));
            discourse.pass(at, entity.or(entities.of_mention[at]).map(|entity| (entity, 1.0)));
            continue;
        }
        let candidates = discourse.candidates(at);
        let chosen = antecedent::choose(&candidates, weights);
        if discourse.is_followed(at) {
            discourse.pass(at, chosen);
        }
        if let Some(names) = article.resolved.get(&words.token(mention.tokens.start).span.begin) {
            let right = candidates.iter().map(|candidate| candidate.entity);
            let right = right.filter(|&entity| is_named(&words, &entities, entity, names)).collect();
            examples.push(Example { candidates, right });
        }
    }
    Ok(examples)
}

fn is_named(words: &Words, entities: &Entities, entity: usize, names: &[String]) -> bool {
    let of = &entities.entities[entity];
    let last = if of.is_named { of.name.clone().rev().take(1) } else { of.name.clone().rev().take(4) };
    last.into_iter().any(|at| names.contains(&words.text(at).to_lowercase()))
}

/// Weights under which the right candidates are likeliest: gradient descent with momentum, over all examples at once.
fn learn(articles: &[&Article]) -> Fallible<Weights> {
    let mut weights = Weights(EXPECTED);
    for _ in 0..READINGS {
        let mut examples = Vec::new();
        for article in articles {
            examples.extend(read(article, &weights)?.into_iter().filter(|example| !example.right.is_empty()));
        }
        let mut pace: Features = [0.0; FEATURES.len()];
        for _ in 0..600 {
            let mut gradient: Features = std::array::from_fn(|at| DECAY * (weights.0[at] - EXPECTED[at]));
            for example in &examples {
                push(example, &weights, &mut gradient);
            }
            for ((weight, pace), gradient) in weights.0.iter_mut().zip(&mut pace).zip(gradient) {
                *pace = 0.9 * *pace - 0.2 * gradient / examples.len() as f32;
                *weight += *pace;
            }
        }
        // What the text says of a person's sex is settled.
        weights.0[1] = weights.0[1].min(-8.0);
    }
    Ok(Weights::read(&weights.write()))
}

/// Adds the gradient of the loss of an example.
fn push(example: &Example, weights: &Weights, gradient: &mut Features) {
    let scores: Vec<f32> = example.candidates.iter().map(|candidate| weights.score(&candidate.features)).collect();
    let largest = scores.iter().fold(f32::NEG_INFINITY, |largest, &score| largest.max(score));
    let odds: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
    let total: f32 = odds.iter().sum();
    let is_right = |candidate: &antecedent::Candidate| example.right.contains(&candidate.entity);
    let good: f32 =
        example.candidates.iter().zip(&odds).filter(|(candidate, _)| is_right(candidate)).map(|(_, odds)| odds).sum();
    for (candidate, odds) in example.candidates.iter().zip(&odds) {
        let wanted = if is_right(candidate) { odds / good.max(1e-9) } else { 0.0 };
        for (gradient, feature) in gradient.iter_mut().zip(candidate.features) {
            *gradient += (odds / total - wanted) * feature;
        }
    }
}
