//! Learns what `data/quote_weights.bin` holds, bit for bit, from articles whose quotes people have attributed.
//! `tools/learn_quotes.sh` runs it.
//!
//! ```text
//! learn_quotes TRAIN DEV WEIGHTS
//! ```
//!
//! TRAIN and DEV hold a JSON object a line: `text`, and `attrs` with the spans, in code points, of each attribution's
//! `source`, `cue` and `content`, its `kind`, whether it is `speech` and the `keys` of its source; WEIGHTS is written.

#![expect(clippy::print_stdout, reason = "a command for the terminal")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

use std::{error::Error, fs, ops::Range};

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    quote::{
        attribution::{
            Candidate, Scene,
            feature::{self, Manner},
        },
        content::{self, Piece},
        mention,
        reported::{LABELS, Label, Labels, STEPS, Sequence},
        weight::Table,
        words::Words,
    },
    text::{Span, token::Shape},
};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [train, dev, weights] = &arguments[..] else { return Err("see the head of examples/learn_quotes.rs".into()) };
    let (train, dev) = (load(train)?, load(dev)?);
    let label = labels(&train, &[])?;
    evaluate_labels(&dev, &label)?;
    let mut file = Vec::new();
    Table::write(&attribution(&train, &dev, &label)?, &mut file);
    Table::write(&label, &mut file);
    fs::write(weights, file)?;
    Ok(())
}

/// Into how many parts the articles are put, so that each is labelled by what was learned from the others.
const FOLDS: usize = 4;

/// An article and who says what in it.
struct Article {
    text: String,
    attributions: Vec<Gold>,
}

/// An attribution as people marked it, in bytes.
struct Gold {
    sources: Vec<Span>,
    cues: Vec<Span>,
    contents: Vec<Span>,
    keys: Vec<String>,
    kind: String,
    /// It is said or written, no mere plan or belief.
    is_speech: bool,
}

fn load(path: &str) -> Fallible<Vec<Article>> {
    fs::read_to_string(path)?
        .lines()
        .map(|line| {
            let item: serde_json::Value = serde_json::from_str(line)?;
            let text = item["text"].as_str().unwrap_or_default().to_owned();
            let mut bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).collect();
            bytes.push(text.len());
            let spans = |value: &serde_json::Value| -> Vec<Span> {
                let pairs = value.as_array().into_iter().flatten();
                let offset = |value: &serde_json::Value| {
                    bytes[usize::try_from(value.as_u64().unwrap_or_default()).unwrap_or_default()]
                };
                pairs.map(|pair| Span::new(offset(&pair[0]), offset(&pair[1]))).collect()
            };
            let attributions = item["attrs"].as_array().into_iter().flatten();
            let attributions = attributions
                .map(|gold| Gold {
                    sources: spans(&gold["source"]),
                    cues: spans(&gold["cue"]),
                    contents: spans(&gold["content"]),
                    keys: gold["keys"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .map(|key| key.as_str().unwrap_or_default().to_owned())
                        .collect(),
                    is_speech: gold["speech"].as_bool().unwrap_or_default(),
                    kind: gold["kind"].as_str().unwrap_or_default().to_owned(),
                })
                .collect();
            Ok(Article { text, attributions })
        })
        .collect()
}

fn read(text: &str) -> Fallible<Document<'_>> {
    let options = ReadOptions { language_code: "en", ..ReadOptions::default() };
    Document::parse(text, options, Cancel::NEVER).map_err(|_| "cancelled".into())
}

/// Weights while they are learned: `AdaGrad` (Duchi et al. 2011), with a little decay.
struct Learned {
    weights: Vec<f32>,
    squares: Vec<f32>,
    rate: f32,
    decay: f32,
}

impl Learned {
    fn new(bits: u32, rate: f32, decay: f32) -> Self {
        Self { weights: vec![0.0; 1 << bits], squares: vec![0.0; 1 << bits], rate, decay }
    }

    fn score(&self, features: &[u32]) -> f32 {
        features.iter().map(|&feature| self.weights[feature as usize & (self.weights.len() - 1)]).sum()
    }

    fn step(&mut self, features: &[u32], gradient: f32) {
        for &feature in features {
            let at = feature as usize & (self.weights.len() - 1);
            let gradient = gradient + self.decay * self.weights[at];
            self.squares[at] += gradient * gradient;
            self.weights[at] -= self.rate * gradient / (self.squares[at].sqrt() + 1e-3);
        }
    }
}

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
struct Order(u64);

impl Order {
    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            items.swap(at, usize::try_from(self.0 % (at as u64 + 1)).unwrap_or_default());
        }
    }
}

// --- who said it -------------------------------------------------------------------------------------------------

fn overlap(words: &Words, tokens: &Range<usize>, spans: &[Span]) -> usize {
    tokens
        .clone()
        .filter(|&at| words.is(at, Shape::WORD) && spans.iter().any(|span| span.overlaps(words.token(at).span)))
        .count()
}

/// The attribution that a stretch belongs to: that whose contents share most of its words.
fn gold_of<'a>(words: &Words, piece: &Piece, article: &'a Article) -> Option<&'a Gold> {
    let count = piece.inner.clone().filter(|&at| words.is(at, Shape::WORD)).count();
    let shared = |gold: &Gold| overlap(words, &piece.inner, &gold.contents);
    let best = article.attributions.iter().rev().max_by_key(|gold| {
        let size: usize = gold.contents.iter().map(|span| span.len_bytes()).sum();
        (shared(gold) * 10 / count.max(1), usize::MAX - size)
    })?;
    (shared(best) * 10 >= count * 7).then_some(best)
}

/// Which of the candidates are right.
fn right(scene: &Scene, candidates: &[Candidate], gold: Option<&Gold>) -> Vec<bool> {
    let words = scene.words;
    let Some(gold) = gold else { return candidates.iter().map(|candidate| *candidate == Candidate::NoQuote).collect() };
    if gold.sources.is_empty() {
        return candidates.iter().map(|candidate| *candidate == Candidate::Nobody).collect();
    }
    let grade = |candidate: &Candidate| match candidate {
        Candidate::Source { mention, cue } => {
            let mention = &scene.mentions[*mention];
            let head = words.text(mention.core.end - 1).to_lowercase();
            let shared = overlap(words, &mention.core, &gold.sources);
            if shared == 0 {
                return 0;
            }
            let named = gold.keys.contains(&head);
            let cued = cue.as_ref().is_some_and(|cue| overlap(words, cue, &gold.cues) > 0);
            1 + 2 * i32::from(cued) + 4 * i32::from(named)
        }
        _ => 0,
    };
    let grades: Vec<i32> = candidates.iter().map(grade).collect();
    let best = grades.iter().copied().max().unwrap_or_default();
    grades.into_iter().map(|grade| best > 0 && grade == best).collect()
}

struct Example {
    /// The features of each candidate.
    candidates: Vec<Vec<u32>>,
    right: Vec<bool>,
}

fn pieces_with_reported(words: &Words, article: &Article) -> Vec<Piece> {
    let mut pieces = content::pieces(words);
    for gold in article.attributions.iter().filter(|gold| gold.kind == "indirect") {
        for span in &gold.contents {
            let inner = words.at_byte(span.begin)..words.at_byte(span.end);
            if inner.is_empty() || pieces.iter().any(|piece| piece.is_marked && piece.span.overlaps(*span)) {
                continue;
            }
            pieces.push(Piece {
                tokens: inner.clone(),
                paragraph: words.paragraph(inner.start),
                inner,
                span: *span,
                continues: false,
                is_closed: true,
                is_marked: false,
            });
        }
    }
    pieces
}

/// An article's scene, with the sentences labelled by `table`.
fn labelled_scene<'w, 'd, 't>(
    words: &'w Words<'d, 't>,
    article: &Article,
    table: &Table,
) -> Fallible<Scene<'w, 'd, 't>> {
    let mentions = mention::find(words, Cancel::NEVER).map_err(|_| "cancelled")?;
    let scene =
        Scene::new(words, mentions, pieces_with_reported(words, article), Cancel::NEVER).map_err(|_| "cancelled")?;
    let labels = Labels::of(&scene, table, true, Cancel::NEVER).map_err(|_| "cancelled")?;
    Ok(scene.with_labels(labels))
}

fn attribution(train: &[Article], dev: &[Article], label: &[f32]) -> Fallible<Vec<f32>> {
    let mut examples = Vec::new();
    let (mut reachable, mut all) = (0, 0);
    let mut tables = Vec::new();
    for fold in 0..FOLDS {
        let left_out: Vec<usize> = (fold..train.len()).step_by(FOLDS).collect();
        let mut file = Vec::new();
        Table::write(&labels(train, &left_out)?, &mut file);
        tables.push(file);
    }
    for (at, article) in train.iter().enumerate() {
        let document = read(&article.text)?;
        let words = Words::of(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
        let scene = labelled_scene(&words, article, &Table::read(&tables[at % FOLDS]).0)?;
        let mut carried = None;
        let mut candidates = Vec::new();
        for piece in 0..scene.pieces.len() {
            let of = &scene.pieces[piece];
            if of.continues {
                continue;
            }
            let gold = gold_of(&words, of, article);
            if gold.is_none() && !of.is_marked {
                continue;
            }
            let here = carried.filter(|_| of.is_marked);
            scene.candidates(piece, here, &mut candidates);
            let right = right(&scene, &candidates, gold);
            all += 1;
            let Some(best) = right.iter().position(|&right| right) else { continue };
            reachable += 1;
            let mut manner = Manner::of(&scene, piece);
            let features = candidates
                .iter()
                .map(|candidate| {
                    let mut features = Vec::new();
                    feature::push(&scene, piece, &mut manner, candidate, here, &mut features);
                    features
                })
                .collect();
            if of.is_marked
                && let Candidate::Source { mention, .. } = candidates[best]
            {
                carried = Some(mention);
            }
            examples.push(Example { candidates: features, right });
        }
    }
    println!("attribution: {} examples, {reachable} of {all} within reach", examples.len());
    let mut learned = Learned::new(16, 0.04, 1e-3);
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut random = Order(0x2545_f491_4f6c_dd1d);
    for round in 0..5 {
        random.shuffle(&mut order);
        let mut loss = 0.0;
        for &at in &order {
            let example = &examples[at];
            let scores: Vec<f32> = example.candidates.iter().map(|features| learned.score(features)).collect();
            let largest = scores.iter().fold(f32::NEG_INFINITY, |largest, &score| largest.max(score));
            let odds: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
            let total: f32 = odds.iter().sum();
            let good: f32 = odds.iter().zip(&example.right).filter(|(_, right)| **right).map(|(odds, _)| odds).sum();
            loss -= (good / total).max(1e-9).ln();
            for ((features, odds), &right) in example.candidates.iter().zip(&odds).zip(&example.right) {
                let wanted = if right { odds / good.max(1e-9) } else { 0.0 };
                let gradient = odds / total - wanted;
                if gradient.abs() > 1e-3 {
                    learned.step(features, gradient);
                }
            }
        }
        println!("round {round}: loss {:.4}", loss / examples.len() as f32);
        if round >= 3 {
            learned.rate *= 0.7;
        }
    }
    let mut file = Vec::new();
    Table::write(&learned.weights, &mut file);
    let mut label_file = Vec::new();
    Table::write(label, &mut label_file);
    evaluate(dev, &Table::read(&file).0, &Table::read(&label_file).0)?;
    Ok(learned.weights)
}

// --- which words are reported ------------------------------------------------------------------------------------

/// A sentence and its right labels.
struct Labelled {
    sequence: Sequence,
    labels: Vec<Label>,
    /// How much it counts.
    weight: f32,
}

fn labelled<'a>(articles: impl IntoIterator<Item = &'a Article>) -> Fallible<Vec<Labelled>> {
    let mut all = Vec::new();
    for article in articles {
        let document = read(&article.text)?;
        let words = Words::of(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
        let mentions = mention::find(&words, Cancel::NEVER).map_err(|_| "cancelled")?;
        let scene = Scene::new(&words, mentions, content::pieces(&words), Cancel::NEVER).map_err(|_| "cancelled")?;
        let mut labels = vec![Label::Other; words.len()];
        let mut paint = |spans: &[Span], label: Label| {
            for span in spans {
                labels[words.at_byte(span.begin)..words.at_byte(span.end)].fill(label);
            }
        };
        for gold in &article.attributions {
            paint(&gold.sources, Label::Source);
        }
        for gold in &article.attributions {
            paint(&gold.cues, Label::Cue);
        }
        for gold in &article.attributions {
            paint(&gold.contents, Label::Content);
        }
        let contents = |is_speech: bool, of: Span| {
            let mut golds = article.attributions.iter().filter(|gold| gold.is_speech == is_speech);
            golds.any(|gold| gold.contents.iter().any(|span| span.overlaps(of)))
        };
        for sentence in &document.sentences {
            let bounds = pullquote::quote::words::range(&sentence.tokens);
            if !bounds.is_empty() && Words::is_read(sentence) {
                let labels = labels[bounds.clone()].to_vec();
                let span = words.span(&bounds);
                let is_thought = contents(false, span) && !contents(true, span);
                let weight = if is_thought { THOUGHT } else { 1.0 };
                all.push(Labelled { sequence: Sequence::of(&scene, &bounds), labels, weight });
            }
        }
    }
    Ok(all)
}

/// Rows of weights: a conditional random field (Lafferty and others 2001), learned by `AdaGrad` from all articles but those
/// at the places `left_out`.
fn labels(train: &[Article], left_out: &[usize]) -> Fallible<Vec<f32>> {
    const ROWS: usize = 1 << 17;
    let learned_from = train.iter().enumerate().filter(|(at, _)| !left_out.contains(at));
    let sentences = labelled(learned_from.map(|(_, article)| article))?;
    let mut weights = vec![[0f32; 4]; ROWS];
    let mut squares = vec![[0f32; 4]; ROWS];
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let mut random = Order(0x9e37_79b9_7f4a_7c15);
    let place = |feature: u32| feature as usize & (ROWS - 1);
    let mut rate = 0.02;
    let mut sums = vec![[0f32; 4]; ROWS];
    for round in 0..LABEL_ROUNDS {
        random.shuffle(&mut order);
        let mut loss = 0.0;
        for &at in &order {
            let Labelled { sequence, labels, weight } = &sentences[at];
            let chain = Chain::of(sequence, labels, |features| {
                let mut row = [0f32; 4];
                for &feature in features {
                    for (sum, weight) in row.iter_mut().zip(weights[place(feature)]) {
                        *sum += weight;
                    }
                }
                row
            });
            let mut change = |feature: u32, label: usize, gradient: f32| {
                let weight = &mut weights[place(feature)][label];
                let square = &mut squares[place(feature)][label];
                let gradient = gradient + DECAY * *weight;
                *square += gradient * gradient;
                *weight -= rate * gradient / (square.sqrt() + 1e-3);
            };
            for (at, &right) in labels.iter().enumerate() {
                let right = right as usize;
                loss -= chain.of_label[at][right].max(1e-9).ln();
                for label in 0..4 {
                    let gradient = chain.of_label[at][label] - f32::from(u8::from(label == right));
                    if gradient.abs() > 2e-3 {
                        for &feature in &sequence.tokens[at] {
                            change(feature, label, gradient * weight);
                        }
                    }
                }
                if at > 0 {
                    let before = labels[at - 1] as usize;
                    for (from, &step) in STEPS[usize::from(sequence.symbols[at])].iter().enumerate() {
                        for to in 0..4 {
                            let wanted = f32::from(u8::from((from, to) == (before, right)));
                            let gradient = chain.of_step[at][from][to] - wanted;
                            if gradient.abs() > 2e-3 {
                                change(step, to, gradient * weight);
                            }
                        }
                    }
                }
            }
        }
        println!("labels, round {round}: loss {loss:.0}");
        if round >= 2 {
            rate *= 0.7;
            for (sum, weight) in sums.iter_mut().flatten().zip(weights.iter().flatten()) {
                *sum += weight / (LABEL_ROUNDS - 2) as f32;
            }
        }
    }
    Ok(sums.iter().flatten().map(|weight| weight.clamp(-LARGEST, LARGEST)).collect())
}

/// How often the labels are right.
fn evaluate_labels(dev: &[Article], learned: &[f32]) -> Fallible<()> {
    let mut file = Vec::new();
    Table::write(learned, &mut file);
    let table = Table::read(&file).0;
    let mut counts = [[0usize; 3]; 4];
    for Labelled { sequence, labels, .. } in labelled(dev)? {
        for (right, mine) in labels.iter().zip(sequence.labels(&table)) {
            for label in LABELS {
                let counts = &mut counts[label as usize];
                counts[0] += usize::from(*right == label);
                counts[1] += usize::from(mine == label);
                counts[2] += usize::from(*right == label && mine == label);
            }
        }
    }
    for (label, [gold, found, both]) in LABELS.iter().zip(counts) {
        let f1 = 200.0 * both as f32 / (gold + found).max(1) as f32;
        println!("{label:?}: F1 {f1:.1} ({both} of {gold} gold, {found} found)");
    }
    Ok(())
}

/// How often all sentences are gone through; the weights are the mean of those behind each round but the first two.
const LABEL_ROUNDS: usize = 6;
/// The largest weight of a label: what is beyond is capped, so that small ones are told apart.
const LARGEST: f32 = 3.0;
/// How strongly weights are drawn to nothing.
const DECAY: f32 = 1.2e-2;
/// How much a sentence counts whose contents are plans and beliefs alone, against one that reports speech.
const THOUGHT: f32 = 0.5;
/// By how much more the reported words must outweigh what else they could be (a softmax margin: Gimpel and Smith 2010).
const MISSED: f32 = 0.25;

/// How likely each label and each step is (Rabiner 1989: forward and backward).
struct Chain {
    of_label: Vec<[f32; 4]>,
    of_step: Vec<[[f32; 4]; 4]>,
}

impl Chain {
    /// Labels other than the right one are given a head start where `right` is [`Label::Content`].
    fn of(sequence: &Sequence, right: &[Label], row: impl Fn(&[u32]) -> [f32; 4]) -> Self {
        let count = sequence.tokens.len();
        let own = sequence.tokens.iter().zip(right).map(|(features, &right)| {
            let mut row = row(features);
            if right == Label::Content {
                row[Label::Content as usize] -= MISSED;
            }
            exp(row)
        });
        let own: Vec<[f32; 4]> = own.collect();
        let steps: Vec<[[f32; 4]; 4]> = sequence
            .symbols
            .iter()
            .map(|&symbol| STEPS[usize::from(symbol)].map(|step| row(&[step]).map(f32::exp)))
            .collect();
        let mut forward = vec![[0f32; 4]; count];
        let mut backward = vec![[1f32; 4]; count];
        for at in 0..count {
            for to in 0..4 {
                let before: f32 = if at == 0 {
                    steps[0][0][to]
                } else {
                    (0..4).map(|from| forward[at - 1][from] * steps[at][from][to]).sum()
                };
                forward[at][to] = before * own[at][to];
            }
            normalise(&mut forward[at]);
        }
        for at in (0..count.saturating_sub(1)).rev() {
            for from in 0..4 {
                backward[at][from] =
                    (0..4).map(|to| steps[at + 1][from][to] * own[at + 1][to] * backward[at + 1][to]).sum();
            }
            normalise(&mut backward[at]);
        }
        let mut of_label = vec![[0f32; 4]; count];
        let mut of_step = vec![[[0f32; 4]; 4]; count];
        for at in 0..count {
            for label in 0..4 {
                of_label[at][label] = forward[at][label] * backward[at][label];
            }
            normalise(&mut of_label[at]);
            if at > 0 {
                let mut total = 0.0;
                for from in 0..4 {
                    for to in 0..4 {
                        let share = forward[at - 1][from] * steps[at][from][to] * own[at][to] * backward[at][to];
                        of_step[at][from][to] = share;
                        total += share;
                    }
                }
                of_step[at].iter_mut().flatten().for_each(|share| *share /= total.max(1e-30));
            }
        }
        Self { of_label, of_step }
    }
}

fn exp(row: [f32; 4]) -> [f32; 4] {
    let largest = row.iter().fold(f32::NEG_INFINITY, |largest, &score| largest.max(score));
    row.map(|score| (score - largest).exp())
}

fn normalise(row: &mut [f32; 4]) {
    let total: f32 = row.iter().sum();
    for share in row {
        *share /= total.max(1e-30);
    }
}

/// How often the mention chosen for a marked stretch is right, where one is.
fn evaluate(articles: &[Article], weights: &Table, label: &Table) -> Fallible<()> {
    let mut counts = [[0usize; 3]; 2];
    for article in articles {
        let document = read(&article.text)?;
        let words = Words::of(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
        let scene = labelled_scene(&words, article, label)?;
        let choices = scene.attribute(weights, Cancel::NEVER).map_err(|_| "cancelled")?;
        let mut candidates = Vec::new();
        let mut carried = None;
        for (piece, choice) in choices.iter().enumerate() {
            let of = &scene.pieces[piece];
            let gold = gold_of(&words, of, article);
            let here = carried.filter(|_| of.is_marked);
            if let Candidate::Source { mention, .. } = choice.candidate
                && of.is_marked
            {
                carried = Some(mention);
            }
            if gold.is_none_or(|gold| gold.sources.is_empty()) {
                continue;
            }
            scene.candidates(piece, here, &mut candidates);
            let right = right(&scene, &candidates, gold);
            let counts = &mut counts[usize::from(of.is_marked)];
            counts[0] += 1;
            counts[1] += usize::from(right.contains(&true));
            let is_right = match choice.candidate {
                Candidate::Source { mention, .. } => candidates.iter().zip(&right).any(|(candidate, right)| {
                    *right && matches!(candidate, Candidate::Source { mention: other, .. } if *other == mention)
                }),
                _ => false,
            };
            counts[2] += usize::from(is_right);
        }
    }
    for (name, [all, reachable, right]) in ["reported", "marked"].into_iter().zip(counts) {
        println!("{name}: {right} right of {all}, {reachable} within reach");
    }
    Ok(())
}
