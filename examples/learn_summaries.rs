//! Learns what `data/commonness.txt` and `data/summary_weights.txt` hold, bit for bit, from texts and the summaries that
//! people wrote of them. `tools/learn_summaries.sh` runs both steps.
//!
//! ```text
//! learn_summaries commonness FILE…
//! learn_summaries weights NEWS ABSTRACTS IN_ONE
//! learn_summaries score FILE SENTENCES|WORDSw CENTRALITY
//! ```
//!
//! A file holds a JSON object a line, with `text` and, but for the first step, `references`, perhaps with `title`; its name
//! may end in `.gz`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command for the terminal")]
#![allow(clippy::cast_precision_loss, reason = "counts are small")]

use std::{collections::BTreeMap, error::Error, fs::File, io::Read};

use pullquote::{
    cancel::Cancel,
    document::{Document, ReadOptions},
    summary::{
        self, Budget, Centrality, Options,
        salience::{
            REFERENCE_WORDS,
            feature::{FEATURE_COUNT, Features, GENRE_FEATURE_COUNT, TERM_FEATURE_COUNT, standardise, term_features},
            weight::{Blend, Weights},
        },
        term::Terms,
    },
    text::{Class, Language, Vocabulary, token::Shape},
};

type Fallible<T> = Result<T, Box<dyn Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["commonness", ref files @ ..] if !files.is_empty() => commonness(files),
        ["weights", news, abstracts, in_one] => weights(news, abstracts, in_one),
        ["score", file, budget, centrality] => score(file, budget, centrality),
        _ => Err("see the head of examples/learn_summaries.rs".into()),
    }
}

/// A text and the summaries people wrote of it.
struct Item {
    text: String,
    title: String,
    references: Vec<String>,
}

fn load(path: &str) -> Fallible<Vec<Item>> {
    let mut content = String::new();
    if std::path::Path::new(path).extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(File::open(path)?).read_to_string(&mut content)?;
    } else {
        File::open(path)?.read_to_string(&mut content)?;
    }
    content
        .lines()
        .map(|line| {
            let item: serde_json::Value = serde_json::from_str(line)?;
            let string = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
            let references = item["references"].as_array().map(|all| all.iter().map(string).collect());
            let references = references.unwrap_or_default();
            Ok(Item { text: string(&item["text"]), title: string(&item["title"]), references })
        })
        .collect()
}

fn read<'a>(text: &'a str, title: &'a str) -> Fallible<Document<'a>> {
    let options = ReadOptions { language_code: "en", title, ..ReadOptions::default() };
    Document::parse(text, options, Cancel::NEVER).map_err(|_| "cancelled".into())
}

// --- how common words are ----------------------------------------------------------------------------------------

/// How many words the list holds.
const LISTED: usize = 2500;

/// Counts in how many texts words of each stem stand, and lists the most common words.
fn commonness(files: &[&str]) -> Fallible<()> {
    let mut words: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut stems: BTreeMap<String, usize> = BTreeMap::new();
    let mut texts = 0usize;
    for file in files {
        for item in load(file)? {
            let document = read(&item.text, &item.title)?;
            texts += 1;
            let vocabulary = &document.vocabulary;
            let mut seen = vec![false; vocabulary.term_count()];
            let mut seen_words = vec![false; vocabulary.word_count()];
            for token in document.tokens.iter().filter(|token| token.shape.is(Shape::WORD)) {
                let word = vocabulary.word(token.word);
                let folded = vocabulary.folded(token.word);
                if word.classes.any(Class::STOP) || !folded.bytes().all(|b| b.is_ascii_lowercase()) {
                    continue;
                }
                let stem = vocabulary.stem(word.term);
                if !std::mem::replace(&mut seen[word.term as usize], true) {
                    *stems.entry(stem.to_owned()).or_default() += 1;
                }
                if !std::mem::replace(&mut seen_words[token.word as usize], true) {
                    words.entry(folded.to_owned()).or_insert_with(|| (0, stem.to_owned())).0 += 1;
                }
            }
        }
    }
    let mut by_count: Vec<(usize, &str, &str)> =
        words.iter().map(|(word, (count, stem))| (*count, word.as_str(), stem.as_str())).collect();
    by_count.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    let mut levels: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
    for (_, word, stem) in by_count.into_iter().take(LISTED) {
        let rarity = summary::elementary::ln((texts as f32 + 1.0) / (stems[stem] as f32 + 0.5));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 15")]
        let level = ((6.0 - rarity) / 0.4).round().clamp(1.0, 15.0) as u8;
        levels.entry(level).or_default().push(word);
    }
    println!(
        "# How common English words are in news, and words of their stem: c, then words of which about one text in"
    );
    println!(
        "# e^(6 - 0.4 c) has one. Counted in {texts} texts, most of them news; the texts themselves are not here."
    );
    println!("# Reproduced by tools/learn_summaries.sh.");
    for (level, mut words) in levels.into_iter().rev() {
        words.sort_unstable();
        for line in words.chunks(12) {
            println!("{level} {}", line.join(" "));
        }
    }
    Ok(())
}

// --- ROUGE -------------------------------------------------------------------------------------------------------

/// Counts of one- and two-word sequences, by number.
type Grams = BTreeMap<(u32, u32), f32>;

/// The stems of a text's words as ROUGE sees them: runs of ASCII letters and digits.
fn stems(vocabulary: &mut Vocabulary, text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let id = vocabulary.intern(word);
            vocabulary.word(id).term + 1
        })
        .collect()
}

fn grams(stems: &[u32], two: bool) -> Grams {
    let mut grams = Grams::new();
    if two {
        for pair in stems.windows(2) {
            *grams.entry((pair[0], pair[1])).or_default() += 1.0;
        }
    } else {
        for &stem in stems {
            *grams.entry((stem, 0)).or_default() += 1.0;
        }
    }
    grams
}

/// A text's sentences against its references.
struct Rouge {
    /// For each reference, for one and two words: the reference's counts, each sentence's counts of the same, and how
    /// many it has in all.
    references: Vec<[Table; 2]>,
}

struct Table {
    wanted: Vec<f32>,
    wanted_total: f32,
    /// By sentence: which of the wanted, and how often.
    found: Vec<Vec<(usize, f32)>>,
    totals: Vec<f32>,
}

impl Rouge {
    fn new(document: &Document, terms: &Terms, references: &[String]) -> Self {
        let mut vocabulary = Vocabulary::new(Language::English);
        let sentences: Vec<Vec<u32>> = terms
            .sentences
            .iter()
            .map(|s| stems(&mut vocabulary, document.sentences[s.sentence as usize].span.of(&document.text)))
            .collect();
        let references = references
            .iter()
            .map(|reference| {
                let reference = stems(&mut vocabulary, reference);
                [false, true].map(|two| Table::new(&grams(&reference, two), &sentences, two))
            })
            .collect();
        Self { references }
    }

    /// F1 of one and of two words, each the best over the references.
    fn score(&self, chosen: &[usize]) -> [f32; 2] {
        let mut best = [0.0f32; 2];
        for tables in &self.references {
            for (best, table) in best.iter_mut().zip(tables) {
                *best = best.max(table.score(chosen));
            }
        }
        best
    }
}

impl Table {
    fn new(reference: &Grams, sentences: &[Vec<u32>], two: bool) -> Self {
        let numbers: BTreeMap<(u32, u32), usize> = reference.keys().enumerate().map(|(at, &gram)| (gram, at)).collect();
        let of: Vec<Grams> = sentences.iter().map(|sentence| grams(sentence, two)).collect();
        Self {
            wanted: reference.values().copied().collect(),
            wanted_total: reference.values().sum(),
            found: of
                .iter()
                .map(|grams| grams.iter().filter_map(|(gram, &n)| Some((*numbers.get(gram)?, n))).collect())
                .collect(),
            totals: of.iter().map(|grams| grams.values().sum()).collect(),
        }
    }

    fn score(&self, chosen: &[usize]) -> f32 {
        let mut counts = vec![0.0f32; self.wanted.len()];
        let mut total = 0.0;
        for &sentence in chosen {
            total += self.totals[sentence];
            for &(gram, count) in &self.found[sentence] {
                counts[gram] += count;
            }
        }
        let shared: f32 = counts.iter().zip(&self.wanted).map(|(&count, &wanted)| count.min(wanted)).sum();
        if shared > 0.0 { 2.0 * shared / (total + self.wanted_total) } else { 0.0 }
    }
}

// --- weights -----------------------------------------------------------------------------------------------------

/// Which sets of sentences a text offers, and what kind of text it is.
struct Example {
    genre: [f32; GENRE_FEATURE_COUNT],
    sets: Sets,
}

fn weights(news: &str, abstracts: &str, in_one: &str) -> Fallible<()> {
    let news = load(news)?;
    let abstracts = load(abstracts)?;
    let in_one = load(in_one)?;
    let mut learned = Weights::default();

    let mut rows: Vec<([f32; TERM_FEATURE_COUNT], bool)> = Vec::new();
    for item in &news {
        term_rows(item, &mut rows)?;
    }
    learned.chance = logistic_regression(&rows);
    learned.round();

    let news_examples = examples(&news, &learned, 3)?;
    let mut short_examples =
        [examples(&news, &learned, 1)?, examples(&in_one, &learned, 1)?, examples(&abstracts, &learned, 1)?];
    let mut genres: Vec<([f32; GENRE_FEATURE_COUNT], bool)> = Vec::new();
    for (examples, is_news) in short_examples.iter().zip([true, true, false]) {
        genres.extend(examples.iter().map(|example| {
            // News is longer than abstracts, but so is much else.
            let mut genre = example.genre;
            genre[1] = 0.0;
            (genre, is_news)
        }));
    }
    learned.is_news = logistic_regression(&genres);
    learned.is_abstract = ABSTRACTS;
    learned.other = other();
    learned.round();

    // Of one sentence, abstracts with news at once, as most texts are taken for a little of either; but in news from
    // summaries in one sentence alone: what people pick first for one of several is something else.
    let none = [&Blend::default(), &Blend::default()];
    [_, learned.abstracts] =
        Corpus::new(&mut short_examples, &learned).minimum_risk([true, true], none, REGULARISATION);
    let one = Corpus::new(&mut short_examples[1..2], &learned);
    [learned.news_in_one, _] =
        one.minimum_risk([true, false], [&Blend::default(), &learned.abstracts], REGULARISATION_IN_ONE);
    let several = Corpus::new(&mut [news_examples], &learned);
    [learned.news, _] = several.minimum_risk([true, false], [&Blend::default(), &learned.abstracts], REGULARISATION);
    for blend in [&mut learned.news, &mut learned.news_in_one] {
        if blend.sentence[TITLE] == 0.0 {
            blend.sentence[TITLE] = TITLE_OF_NEWS;
        }
    }
    println!("# What each feature weighs (src/summary/salience), by model.");
    println!(
        "# Learned from {} news texts, {} more with summaries in one sentence, and {} abstracts, which are not here, by",
        news.len(),
        in_one.len(),
        abstracts.len()
    );
    println!(
        "# tools/learn_summaries.sh; \"is_abstract\" and \"other\" are set by hand, as is the title's weight where no text has one."
    );
    print!("{}", learned.write());
    Ok(())
}

fn examples(items: &[Item], learned: &Weights, sentence_count: usize) -> Fallible<Vec<Example>> {
    let mut examples = Vec::with_capacity(items.len());
    for item in items {
        let document = read(&item.text, &item.title)?;
        let terms = Terms::count(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
        let features = Features::measure(&terms, learned, Cancel::NEVER).map_err(|_| "cancelled")?;
        let rouge = Rouge::new(&document, &terms, &item.references);
        let sets = candidate_sets(&terms, &features, &rouge, sentence_count);
        examples.push(Example { genre: features.genre, sets });
    }
    Ok(examples)
}

/// The place of the title's words among the features of a sentence.
const TITLE: usize = 11;

/// What they weigh in news where no text to learn from has a title: something, but less than what is learned.
const TITLE_OF_NEWS: f32 = 0.25;

/// An abstract has few sentences.
const ABSTRACTS: [f32; GENRE_FEATURE_COUNT] = [10.0, -4.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];

/// Nothing is known of any other text: what directed and undirected centralities agree on.
fn other() -> Blend {
    let mut blend = Blend { sentence: [0.0; FEATURE_COUNT], coverage: 5.0 };
    for (at, weight) in [(2, 0.5), (3, 0.5), (4, 1.0), (10, 1.0), (TITLE, 1.0)] {
        blend.sentence[at] = weight;
    }
    blend
}

/// Whether each of a text's terms is in a reference.
fn term_rows(item: &Item, rows: &mut Vec<([f32; TERM_FEATURE_COUNT], bool)>) -> Fallible<()> {
    let document = read(&item.text, &item.title)?;
    let terms = Terms::count(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
    let rarity = terms.rarity();
    let occurrences: u32 = terms.statistics.iter().map(|term| term.occurrence_count).sum();
    let per_cent = 100.0 / occurrences.max(1) as f32;
    let references = item.references.join("\n");
    let references = read(&references, "")?;
    let mut is_wanted = vec![false; terms.statistics.len()];
    for token in &references.tokens {
        let term = references.vocabulary.word(token.word).term;
        if let Some(term) = document.vocabulary.find_term(references.vocabulary.stem(term))
            && let Some(number) = terms.number(term)
        {
            is_wanted[number] = true;
        }
    }
    for ((term, rarity), wanted) in terms.statistics.iter().zip(rarity).zip(is_wanted) {
        rows.push((term_features(*term, rarity, per_cent), wanted));
    }
    Ok(())
}

/// Newton's method, with a little regularisation. All in the operations that IEEE 754 defines to the last bit.
fn logistic_regression<const N: usize>(rows: &[([f32; N], bool)]) -> [f32; N] {
    let mut weights = [0.0f64; N];
    for _ in 0..12 {
        let mut gradient = weights.map(|weight| 1.0 * weight);
        let mut hessian = [[0.0f64; N]; N];
        for (at, row) in hessian.iter_mut().enumerate() {
            row[at] = 1.0;
        }
        for (row, label) in rows {
            let row = row.map(f64::from);
            let sum: f64 = weights.iter().zip(&row).map(|(weight, value)| weight * value).sum();
            let p = 1.0 / (1.0 + exp(-sum));
            let error = p - if *label { 1.0 } else { 0.0 };
            for a in 0..N {
                gradient[a] += error * row[a];
                for b in 0..N {
                    hessian[a][b] += p * (1.0 - p) * row[a] * row[b];
                }
            }
        }
        let step = solve(hessian, gradient);
        for (weight, step) in weights.iter_mut().zip(step) {
            *weight -= step;
        }
    }
    weights.map(to_single)
}

/// Gaussian elimination; the matrix is positive definite.
fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> [f64; N] {
    for pivot in 0..N {
        for row in pivot + 1..N {
            let factor = matrix[row][pivot] / matrix[pivot][pivot];
            let above = matrix[pivot];
            for (value, above) in matrix[row].iter_mut().zip(above) {
                *value -= factor * above;
            }
            right[row] -= factor * right[pivot];
        }
    }
    for row in (0..N).rev() {
        for column in row + 1..N {
            right[row] -= matrix[row][column] * right[column];
        }
        right[row] /= matrix[row][row];
    }
    right
}

fn exp(x: f64) -> f64 {
    let power = (x * std::f64::consts::LOG2_E).clamp(-1000.0, 1000.0);
    let whole = power.round();
    let t = (power - whole) * std::f64::consts::LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..16 {
        term *= t / f64::from(n);
        sum += term;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 23 to 2023")]
    let scale = f64::from_bits(((whole + 1023.0) as u64) << 52);
    sum * scale
}

#[expect(clippy::cast_possible_truncation, reason = "what is meant")]
fn to_single(value: f64) -> f32 {
    value as f32
}

/// The features of a set of sentences: the mean of theirs, and coverage.
const SET_FEATURES: usize = FEATURE_COUNT + 1;

/// Sets that a summary might be, with how good each is.
type Sets = Vec<([f64; SET_FEATURES], f64)>;

/// How many sentences the sets are made of.
const CANDIDATES: usize = 15;

fn candidate_sets(terms: &Terms, features: &Features, rouge: &Rouge, size: usize) -> Sets {
    // The first ones and, by the plainest of directed centralities, the most central.
    let mut coverage: Vec<f32> = (0..terms.sentences.len())
        .map(|s| {
            let chances: f32 = terms.of(s).iter().map(|entry| features.chances[entry.term as usize]).sum();
            chances / (terms.sentences[s].word_count as f32 + REFERENCE_WORDS)
        })
        .collect();
    standardise(&mut coverage);
    let guess = |s: usize| features.sentences[s][0] + 0.5 * features.sentences[s][3] + coverage[s];
    let mut candidates: Vec<usize> = (0..terms.sentences.len()).filter(|&s| terms.sentences[s].is_whole).collect();
    candidates.sort_by(|&a, &b| guess(b).total_cmp(&guess(a)).then(a.cmp(&b)));
    candidates.truncate(if size > 1 { CANDIDATES } else { usize::MAX });
    candidates.sort_unstable();
    let mut sets = Sets::new();
    let mut chosen = Vec::new();
    combine(&candidates, size.min(candidates.len()), &mut chosen, &mut |chosen| {
        let dangles = |&s: &usize| terms.sentences[s].points_back.is_some() && !(s > 0 && chosen.contains(&(s - 1)));
        if chosen.is_empty() || chosen.iter().any(dangles) {
            return;
        }
        let mut row = [0.0f64; SET_FEATURES];
        for &sentence in chosen {
            for (sum, value) in row.iter_mut().zip(&features.sentences[sentence]) {
                *sum += f64::from(*value) / chosen.len() as f64;
            }
        }
        let mut covered: Vec<u32> = chosen.iter().flat_map(|&s| terms.of(s).iter().map(|entry| entry.term)).collect();
        covered.sort_unstable();
        covered.dedup();
        let chances: f64 = covered.iter().map(|&term| f64::from(features.chances[term as usize])).sum();
        let words: u32 = chosen.iter().map(|&s| terms.sentences[s].word_count).sum();
        row[FEATURE_COUNT] = chances / (f64::from(words) + f64::from(REFERENCE_WORDS));
        let [one, two] = rouge.score(chosen);
        sets.push((row, f64::from(one + REWARD_OF_PAIRS * two)));
    });
    sets
}

/// What ROUGE-2 counts for, against ROUGE-1.
const REWARD_OF_PAIRS: f32 = 1.5;

fn combine(from: &[usize], size: usize, chosen: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
    if size == 0 {
        return visit(chosen);
    }
    for at in 0..from.len() {
        chosen.push(from[at]);
        combine(&from[at + 1..], size - 1, chosen, visit);
        chosen.pop();
    }
}

/// Texts to learn from, with the share of each kind they are taken for.
struct Corpus {
    texts: Vec<Text>,
    /// What makes the features alike in size.
    scale: [f64; SET_FEATURES],
}

struct Text {
    /// News and abstract.
    shares: [f64; 2],
    /// What the text counts for: each file as much as any other.
    weight: f64,
    /// Sets, how good each is, and its score by the weights of any other text.
    sets: Vec<([f64; SET_FEATURES], f64, f64)>,
}

impl Corpus {
    fn new(files: &mut [Vec<Example>], learned: &Weights) -> Self {
        let mut texts = Vec::new();
        for examples in files {
            examples.retain(|example| example.sets.len() > 1);
            let weight = 1.0 / examples.len() as f64;
            for example in examples {
                let [news, abstracts, other] = learned.genres(&example.genre).map(f64::from);
                let sets =
                    example.sets.iter().map(|&(row, reward)| (row, reward, other * score_of(&learned.other, &row)));
                texts.push(Text { shares: [news, abstracts], weight, sets: sets.collect() });
            }
        }
        let mut scale = [0.0f64; SET_FEATURES];
        let rows = || texts.iter().flat_map(|text| text.sets.iter()).map(|(row, ..)| row);
        let count = rows().count() as f64;
        for (at, scale) in scale.iter_mut().enumerate() {
            let mean = rows().map(|row| row[at]).sum::<f64>() / count;
            let squares = rows().map(|row| (row[at] - mean) * (row[at] - mean)).sum::<f64>();
            *scale = 1.0 / (squares / count).sqrt().max(1e-9);
        }
        Self { texts, scale }
    }

    /// The weights, of news and of abstracts, by which the best sets score highest: gradient ascent on the expected
    /// reward of a set drawn with odds e^score (minimum risk training). Only those `to_learn` change.
    fn minimum_risk(&self, to_learn: [bool; 2], start: [&Blend; 2], regularisation: f64) -> [Blend; 2] {
        let mut weights = start.map(|blend| self.scaled(blend));
        let mut speeds = [[0.0f64; SET_FEATURES]; 2];
        let mut odds: Vec<f64> = Vec::new();
        for _ in 0..ROUNDS {
            let mut gradients = weights.map(|weights| weights.map(|weight| -2.0 * regularisation * weight));
            for text in &self.texts {
                let mut mixed = [0.0f64; SET_FEATURES];
                for (at, mixed) in mixed.iter_mut().enumerate() {
                    *mixed = self.scale[at] * (text.shares[0] * weights[0][at] + text.shares[1] * weights[1][at]);
                }
                let score = |row: &[f64; SET_FEATURES]| {
                    row.iter().zip(&mixed).map(|(value, weight)| value * weight).sum::<f64>()
                };
                odds.clear();
                odds.extend(text.sets.iter().map(|(row, _, other)| score(row) + other));
                let highest = odds.iter().copied().fold(f64::MIN, f64::max);
                let mut total = 0.0;
                let mut expected = 0.0;
                for (odds, (_, reward, _)) in odds.iter_mut().zip(&text.sets) {
                    *odds = exp(*odds - highest);
                    total += *odds;
                    expected += *odds * reward;
                }
                expected /= total;
                let mut pull = [0.0f64; SET_FEATURES];
                for (odds, (row, reward, _)) in odds.iter().zip(&text.sets) {
                    let push = odds / total * (reward - expected) * text.weight;
                    for (pull, value) in pull.iter_mut().zip(row) {
                        *pull += push * value;
                    }
                }
                for (gradient, share) in gradients.iter_mut().zip(text.shares) {
                    for (at, gradient) in gradient.iter_mut().enumerate() {
                        *gradient += share * pull[at] * self.scale[at];
                    }
                }
            }
            for kind in 0..2 {
                for at in 0..if to_learn[kind] { SET_FEATURES } else { 0 } {
                    speeds[kind][at] = 0.9 * speeds[kind][at] + gradients[kind][at];
                    weights[kind][at] += 2.0 * speeds[kind][at];
                }
            }
        }
        weights.map(|weights| self.blend(&weights))
    }

    fn scaled(&self, blend: &Blend) -> [f64; SET_FEATURES] {
        let mut weights = [0.0f64; SET_FEATURES];
        for (at, weight) in weights.iter_mut().enumerate() {
            *weight = f64::from(*blend.sentence.get(at).unwrap_or(&blend.coverage)) / self.scale[at];
        }
        weights
    }

    fn blend(&self, weights: &[f64; SET_FEATURES]) -> Blend {
        let mut blend = Blend::default();
        for (at, weight) in weights.iter().enumerate() {
            *blend.sentence.get_mut(at).unwrap_or(&mut blend.coverage) = to_single(weight * self.scale[at]);
        }
        blend
    }
}

const ROUNDS: usize = 1500;

/// What large weights cost; in news of which one sentence is wanted there is less to learn from.
const REGULARISATION: f64 = 3e-4;
const REGULARISATION_IN_ONE: f64 = 1e-3;

fn score_of(blend: &Blend, row: &[f64; SET_FEATURES]) -> f64 {
    row.iter()
        .enumerate()
        .map(|(at, value)| value * f64::from(*blend.sentence.get(at).unwrap_or(&blend.coverage)))
        .sum()
}

// --- score -------------------------------------------------------------------------------------------------------

/// A quick look at what the weights in the library reach.
fn score(file: &str, budget: &str, centrality: &str) -> Fallible<()> {
    let centrality = match centrality {
        "learned" => Centrality::Learned,
        "lexrank" => Centrality::LexRank,
        "textrank" => Centrality::TextRank,
        "degree" => Centrality::Degree,
        "directed" => Centrality::Directed,
        _ => return Err("no such centrality".into()),
    };
    let budget = match budget.strip_suffix('w') {
        Some(words) => Budget { max_word_count: Some(words.parse()?), ..Budget::default() },
        None => Budget { max_sentence_count: Some(budget.parse()?), ..Budget::default() },
    };
    let items = load(file)?;
    let mut sums = [0.0f64; 2];
    let mut genres = [0.0f32; 3];
    for item in &items {
        let document = read(&item.text, &item.title)?;
        let terms = Terms::count(&document, Cancel::NEVER).map_err(|_| "cancelled")?;
        let features = Features::measure(&terms, Weights::learned(), Cancel::NEVER).map_err(|_| "cancelled")?;
        for (sum, odds) in genres.iter_mut().zip(Weights::learned().genres(&features.genre)) {
            *sum += odds / items.len() as f32;
        }
        let rouge = Rouge::new(&document, &terms, &item.references);
        let summary =
            summary::summarize(&document, &Options { budget, centrality, ..Options::default() }, Cancel::NEVER)
                .map_err(|_| "cancelled")?;
        let chosen: Vec<usize> = summary
            .sentences
            .iter()
            .filter_map(|chosen| terms.sentences.iter().position(|s| s.sentence == chosen.sentence))
            .collect();
        for (sum, score) in sums.iter_mut().zip(rouge.score(&chosen)) {
            *sum += f64::from(score);
        }
    }
    eprintln!("{file}: {} texts; news, abstract, other: {genres:.2?}", items.len());
    println!("{:.2} {:.2}", 100.0 * sums[0] / items.len() as f64, 100.0 * sums[1] / items.len() as f64);
    Ok(())
}
