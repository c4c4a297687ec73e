//! How alike sentences are: the similarity graph, kept sparse.

use crate::cancel::{Cancel, Cancelled};

use super::{
    elementary::ln,
    term::{Terms, to_f32, to_u32},
};

/// How the similarity of two sentences is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The idf-modified cosine (Erkan and Radev 2004).
    Cosine,
    /// The terms they share, over the logarithms of their lengths (Mihalcea and Tarau 2004).
    Overlap,
}

/// An undirected graph of sentences: each edge stands with its later sentence.
#[derive(Debug)]
pub struct Graph {
    /// Where each sentence's edges begin, and where the last one's end.
    begins: Vec<u32>,
    /// The earlier sentence and the similarity.
    edges: Vec<(u32, f32)>,
}

/// At least so many earlier sentences that share a term are looked at for its sake, however long the text.
const MIN_WINDOW: usize = 8;

/// So many pairs a text may have before the window narrows: what 300 usual sentences need at most.
const FREE_PAIRS: usize = 1_000_000;

impl Graph {
    /// Links the sentences whose similarity is at least `threshold`.
    ///
    /// An inverted index finds the pairs that share a term. In a long text a term that very many sentences share links
    /// each to the nearest before it alone, so that the cost stays linear.
    ///
    /// # Errors
    ///
    /// [`Cancelled`] when `cancel` says so.
    pub fn link(terms: &Terms, measure: Measure, threshold: f32, cancel: Cancel<'_>) -> Result<Self, Cancelled> {
        let rarity = terms.rarity_here();
        let sentence_count = terms.sentences.len();
        let window = (FREE_PAIRS / terms.entries().len().max(1)).max(MIN_WINDOW);
        let weights = weights(terms, measure, &rarity);
        let lengths: Vec<f32> = (0..sentence_count)
            .map(|sentence| ln(terms.of(sentence).iter().map(|entry| entry.count).sum::<f32>().max(1.0)))
            .collect();

        let mut postings = Postings::of(terms);
        let mut sums = vec![0.0f32; sentence_count];
        let mut touched: Vec<u32> = Vec::new();
        let mut graph = Self { begins: vec![0], edges: Vec::new() };
        for later in 0..sentence_count {
            if later % 256 == 0 {
                cancel.check()?;
            }
            for (entry, weight) in terms.of(later).iter().zip(&weights[terms.range(later)]) {
                let before = postings.before(entry.term);
                for &(earlier, other) in &before[before.len().saturating_sub(window)..] {
                    let sum = &mut sums[earlier as usize];
                    if *sum == 0.0 {
                        touched.push(earlier);
                    }
                    *sum += weight * other;
                }
                postings.push(entry.term, to_u32(later), *weight);
            }
            touched.sort_unstable();
            for &earlier in &touched {
                let shared = std::mem::take(&mut sums[earlier as usize]);
                let similarity = match measure {
                    Measure::Cosine => shared,
                    Measure::Overlap => {
                        let length = lengths[later] + lengths[earlier as usize];
                        if length > 0.0 { shared / length } else { 0.0 }
                    }
                };
                if similarity > 0.0 && similarity >= threshold {
                    graph.edges.push((earlier, similarity));
                }
            }
            touched.clear();
            graph.begins.push(to_u32(graph.edges.len()));
        }
        Ok(graph)
    }

    /// The edges of a sentence to earlier ones, with their similarities.
    #[must_use]
    pub fn before(&self, sentence: usize) -> &[(u32, f32)] {
        &self.edges[self.begins[sentence] as usize..self.begins[sentence + 1] as usize]
    }

    /// How many sentences there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.begins.len() - 1
    }

    /// Whether there are no sentences.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes all edges alike.
    #[must_use]
    pub fn unweighted(mut self) -> Self {
        for edge in &mut self.edges {
            edge.1 = 1.0;
        }
        self
    }
}

/// What each term of each sentence weighs in `measure`, such that the similarity is the sum of products.
fn weights(terms: &Terms, measure: Measure, rarity: &[f32]) -> Vec<f32> {
    match measure {
        Measure::Cosine => unit_weights(terms, rarity),
        Measure::Overlap => vec![1.0; terms.entries().len()],
    }
}

/// Each sentence's terms as a vector of length 1: count times rarity.
#[must_use]
pub fn unit_weights(terms: &Terms, rarity: &[f32]) -> Vec<f32> {
    let mut weights: Vec<f32> = terms.entries().iter().map(|entry| entry.count * rarity[entry.term as usize]).collect();
    for sentence in 0..terms.sentences.len() {
        let vector = &mut weights[terms.range(sentence)];
        let norm = vector.iter().map(|weight| weight * weight).sum::<f32>().sqrt();
        if norm > 0.0 {
            for weight in vector {
                *weight /= norm;
            }
        }
    }
    weights
}

/// For each term the sentences that have it, so far, and what it weighs in them.
struct Postings {
    begins: Vec<u32>,
    lengths: Vec<u32>,
    holders: Vec<(u32, f32)>,
}

impl Postings {
    fn of(terms: &Terms) -> Self {
        let mut begins = Vec::with_capacity(terms.statistics.len());
        let mut begin = 0;
        for statistics in &terms.statistics {
            begins.push(begin);
            begin += statistics.sentence_count;
        }
        let lengths = vec![0; begins.len()];
        Self { begins, lengths, holders: vec![(0, 0.0); begin as usize] }
    }

    fn before(&self, term: u32) -> &[(u32, f32)] {
        let begin = self.begins[term as usize] as usize;
        &self.holders[begin..begin + self.lengths[term as usize] as usize]
    }

    fn push(&mut self, term: u32, sentence: u32, weight: f32) {
        let length = &mut self.lengths[term as usize];
        self.holders[(self.begins[term as usize] + *length) as usize] = (sentence, weight);
        *length += 1;
    }
}

/// Whether two sentences say the same: nearly all that the one with fewer terms is about, the other is about too.
#[must_use]
pub fn says_the_same(terms: &Terms, one: usize, other: usize) -> bool {
    let (one, other) = (terms.of(one), terms.of(other));
    let shared = one.iter().filter(|entry| other.iter().any(|o| o.term == entry.term)).count();
    is_repeat(shared, one.len(), other.len())
}

/// Whether two sentences say the same, of so many terms each, of which they share so many.
#[must_use]
pub fn is_repeat(shared: usize, one: usize, other: usize) -> bool {
    let (lesser, greater) = (one.min(other), one.max(other));
    // A sentence of few terms needs more of them to be a repeat.
    lesser > 0 && (shared == greater || to_f32(shared) > NEAR_REPEAT * to_f32(lesser + 1))
}

/// Two sentences of which one shares more than this with the other say the same.
pub const NEAR_REPEAT: f32 = 0.6;
