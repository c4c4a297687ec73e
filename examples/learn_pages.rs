//! Learns what `data/page_weights/` holds, bit for bit, from pages whose article is known. `tools/learn_pages.sh` runs it.
//!
//! ```text
//! learn_pages lines FILE [FOLDS]
//! learn_pages markup FILE [FOLDS]
//! ```
//!
//! A file holds a JSON object a line, with `lines` (a list of `t`, the text, and `keep`) or with `html` and `article`; its
//! name may end in `.gz`. With FOLDS it tells how well what is learned on the others fits each part, and writes nothing.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for the terminal")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

use std::{collections::HashMap, error::Error, fs::File, io::Read};

use pullquote::{
    cancel::Cancel,
    document::{
        boilerplate::{
            feature::{CONTEXT_FEATURES, Rows},
            model::{HIDDEN, Model, Network},
            page::Judged,
        },
        html,
    },
    text::Span,
};

type Fallible<T> = Result<T, Box<dyn Error>>;

/// A page, what is known of its lines, and how much each weighs.
struct Page {
    judged: Judged<'static>,
    labels: Vec<bool>,
    weights: Vec<f32>,
    lines: Vec<String>,
    article: String,
}

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (kind, file, folds) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [kind, file] => (kind, file, 0),
        [kind, file, folds] => (kind, file, folds.parse()?),
        _ => return Err("see the head of examples/learn_pages.rs".into()),
    };
    let pages = load(file, kind == "markup")?;
    if folds == 0 {
        let all: Vec<&Page> = pages.iter().collect();
        let model = learn(&all);
        println!("# Learned by tools/learn_pages.sh from pages whose article is known (see examples/learn_pages.rs).");
        print!("{}", model.write());
        return Ok(());
    }
    let mut scores = Vec::new();
    for fold in 0..folds {
        let part = |held: bool| pages.iter().enumerate().filter(move |(at, _)| (at % folds == fold) == held);
        let train: Vec<&Page> = part(false).map(|(_, page)| page).collect();
        let model = learn(&train);
        for (at, page) in part(true) {
            let keeps = page.judged.keeps(&model);
            let kept: Vec<&str> =
                page.lines.iter().zip(&keeps).filter(|(_, keep)| **keep).map(|(line, _)| line.as_str()).collect();
            let (precision, recall) = overlap(&kept.join("\n"), &page.article);
            scores.push((precision, recall));
            if precision + recall < 1.8 {
                eprintln!("{at} precision {precision:.3} recall {recall:.3}");
            }
        }
    }
    let mean = |of: fn(&(f64, f64)) -> f64| scores.iter().map(of).sum::<f64>() / scores.len() as f64;
    let (precision, recall) = (mean(|score| score.0), mean(|score| score.1));
    println!("f1 {:.4} p {precision:.4} r {recall:.4}", 2.0 * precision * recall / (precision + recall));
    Ok(())
}

fn load(path: &str, markup: bool) -> Fallible<Vec<Page>> {
    let mut content = String::new();
    if std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(File::open(path)?).read_to_string(&mut content)?;
    } else {
        File::open(path)?.read_to_string(&mut content)?;
    }
    let mut pages = Vec::new();
    for line in content.lines() {
        let item: serde_json::Value = serde_json::from_str(line)?;
        pages.push(if markup { of_markup(&item)? } else { of_lines(&item)? });
    }
    Ok(pages)
}

fn of_lines(item: &serde_json::Value) -> Fallible<Page> {
    let (mut text, mut spans, mut labels, mut lines) = (String::new(), Vec::new(), Vec::new(), Vec::new());
    for line in item["lines"].as_array().into_iter().flatten() {
        let content = line["t"].as_str().unwrap_or_default().trim();
        if content.is_empty() {
            continue;
        }
        spans.push(Span::new(text.len(), text.len() + content.len()));
        text.push_str(content);
        text.push('\n');
        labels.push(line["keep"].as_i64() == Some(1) || line["keep"].as_bool() == Some(true));
        lines.push(content.to_owned());
    }
    let article: Vec<&str> = lines.iter().zip(&labels).filter(|(_, keep)| **keep).map(|(l, _)| l.as_str()).collect();
    let article = article.join("\n");
    let judged = Judged::of_lines(&text, &spans, Cancel::NEVER).map_err(|_| "cancelled")?;
    Ok(page(judged, labels, lines, article))
}

fn of_markup(item: &serde_json::Value) -> Fallible<Page> {
    let article = item["article"].as_str().unwrap_or_default().to_owned();
    let blocks = html::blocks(item["html"].as_str().unwrap_or_default(), Cancel::NEVER)?;
    // The pages live as long as the command.
    let blocks: &'static html::Blocks = Box::leak(Box::new(blocks));
    let lines: Vec<String> = blocks.blocks.iter().map(|block| block.span.of(&blocks.text).to_owned()).collect();
    let known: Vec<String> = words(&article);
    let mut shingles: HashMap<&[String], usize> = HashMap::new();
    for length in 1..=4 {
        for shingle in known.windows(length) {
            *shingles.entry(shingle).or_default() += 1;
        }
    }
    let article_lines: std::collections::HashSet<Vec<String>> = article.lines().map(words).collect();
    let labels = lines.iter().map(|line| {
        let line = words(line);
        if line.len() < 5 {
            return article_lines.contains(&line);
        }
        let found = line.windows(4).filter(|shingle| shingles.contains_key(shingle)).count();
        found * 10 >= (line.len() - 3) * 7
    });
    let labels = labels.collect();
    let judged = Judged::of_blocks(blocks, Cancel::NEVER).map_err(|_| "cancelled")?;
    Ok(page(judged, labels, lines, article))
}

/// A page counts as much as any other, whatever its length, and a line by its words.
fn page(judged: Judged<'static>, labels: Vec<bool>, lines: Vec<String>, article: String) -> Page {
    let total: f32 = labels.iter().zip(&judged.words).filter(|(keep, _)| **keep).map(|(_, &words)| words as f32).sum();
    let weights =
        judged.words.iter().map(|&words| (words.clamp(4, 120) as f32 / total.max(100.0)).min(0.2) * 100.0).collect();
    Page { judged, labels, weights, lines, article }
}

/// How many parts the pages fall into, for the second look to learn from what the first says of pages it has not seen.
const PARTS: usize = 4;

fn learn(pages: &[&Page]) -> Model {
    let rows: Vec<&Rows> = pages.iter().map(|page| &page.judged.rows).collect();
    let width = rows[0].width;
    let all: Vec<usize> = (0..pages.len()).collect();
    let line = fit(width, pages, &rows, &all);
    let mut contexts: Vec<Rows> = Vec::new();
    let parts: Vec<Network> = (0..PARTS)
        .map(|part| fit(width, pages, &rows, &all.iter().copied().filter(|at| at % PARTS != part).collect::<Vec<_>>()))
        .collect();
    for (at, page) in pages.iter().enumerate() {
        let network = &parts[at % PARTS];
        let chances: Vec<f32> = page.judged.rows.iter().map(|row| network.chance(row)).collect();
        contexts.push(page.judged.context(&chances));
    }
    let context = fit(CONTEXT_FEATURES, pages, &contexts.iter().collect::<Vec<_>>(), &all);
    Model { line, context }
}

const EPOCHS: usize = 30;
const RATE: f32 = 0.003;
const DECAY: f32 = 1.0;
const BATCH: usize = 64;

/// Fits a network by Adam (Kingma and Ba 2015), in an order that is always the same.
fn fit(width: usize, pages: &[&Page], rows: &[&Rows], chosen: &[usize]) -> Network {
    let samples: Vec<(&[f32], f32, f32)> = chosen
        .iter()
        .flat_map(|&at| {
            let page = pages[at];
            rows[at]
                .iter()
                .zip(&page.labels)
                .zip(&page.weights)
                .map(|((row, &keep), &weight)| (row, f32::from(u8::from(keep)), weight))
        })
        .collect();
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    let mut uniform = {
        let scale = (2.0 / width as f32).sqrt();
        let mut state = 0x1234_5678_9abc_def1_u64;
        move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            ((state >> 40) as f32 / (1u64 << 24) as f32 - 0.5) * scale
        }
    };
    let hidden_len = HIDDEN * (width + 1);
    let mut weights: Vec<f32> = (0..=hidden_len + HIDDEN).map(|_| uniform()).collect();
    let (mut first, mut second) = (vec![0.0f32; weights.len()], vec![0.0f32; weights.len()]);
    let mut gradient = vec![0.0f32; weights.len()];
    let mut order: Vec<usize> = (0..samples.len()).collect();
    let mut step = 0;
    for epoch in 0..EPOCHS {
        for at in (1..order.len()).rev() {
            order.swap(at, usize::try_from(next() % (at as u64 + 1)).unwrap_or(0));
        }
        let rate = RATE * (1.0 - epoch as f32 / EPOCHS as f32);
        for batch in order.chunks(BATCH) {
            gradient.fill(0.0);
            for &at in batch {
                let (row, label, weight) = samples[at];
                let mut units = [0.0f32; HIDDEN];
                let mut sum = weights[hidden_len + HIDDEN];
                for (unit, value) in units.iter_mut().enumerate() {
                    let begin = unit * (width + 1);
                    let input: f32 = weights[begin..begin + width].iter().zip(row).map(|(w, v)| w * v).sum();
                    *value = (input + weights[begin + width]).max(0.0);
                    sum += weights[hidden_len + unit] * *value;
                }
                let error = (1.0 / (1.0 + (-sum).exp()) - label) * weight;
                gradient[hidden_len + HIDDEN] += error;
                for (unit, &value) in units.iter().enumerate() {
                    gradient[hidden_len + unit] += error * value;
                    if value > 0.0 {
                        let back = error * weights[hidden_len + unit];
                        let begin = unit * (width + 1);
                        for (g, v) in gradient[begin..begin + width].iter_mut().zip(row) {
                            *g += back * v;
                        }
                        gradient[begin + width] += back;
                    }
                }
            }
            step += 1;
            let (b1, b2) = (0.9f32, 0.999f32);
            let (c1, c2) = (1.0 - b1.powi(step), 1.0 - b2.powi(step));
            for at in 0..weights.len() {
                let g = gradient[at] / batch.len() as f32;
                first[at] = b1 * first[at] + (1.0 - b1) * g;
                second[at] = b2 * second[at] + (1.0 - b2) * g * g;
                weights[at] -= rate * (first[at] / c1) / ((second[at] / c2).sqrt() + 1e-7) + rate * DECAY * weights[at];
            }
        }
    }
    let output = weights.split_off(hidden_len);
    Network { width, hidden: weights, output }
}

fn words(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    text.split(|c| !is_word(c)).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The precision and recall of runs of four words.
fn overlap(predicted: &str, wanted: &str) -> (f64, f64) {
    let count = |text: &str| {
        let mut counts: HashMap<Vec<String>, usize> = HashMap::new();
        let words = words(text);
        if !words.is_empty() {
            for run in words.windows(words.len().min(4)) {
                *counts.entry(run.to_vec()).or_default() += 1;
            }
        }
        counts
    };
    let (a, b) = (count(predicted), count(wanted));
    let common: usize = a.iter().map(|(run, &count)| count.min(b.get(run).copied().unwrap_or(0))).sum();
    let sum = |counts: &HashMap<Vec<String>, usize>| counts.values().sum::<usize>();
    let share = |part: usize, whole: usize, empty: f64| if whole == 0 { empty } else { part as f64 / whole as f64 };
    (share(common, sum(&a), f64::from(u8::from(b.is_empty()))), share(common, sum(&b), 1.0))
}
