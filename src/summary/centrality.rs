//! How central sentences are in a text, as the papers say.

use crate::cancel::{Cancel, Cancelled};

use super::{
    similarity::{Graph, Measure, unit_weights},
    term::{Terms, to_f32},
};

/// The cosine below which Erkan and Radev draw no edge, for degrees.
const THRESHOLD: f32 = 0.1;

/// The chance that the walk goes on along an edge, and does not begin anew anywhere.
const DAMPING: f32 = 0.85;

/// The walk has settled when a step moves less than this share of it.
const EPSILON: f32 = 1e-4;

const MAX_STEPS: usize = 100;

/// `LexRank`: the share of a random walk over similar sentences that is spent at each (Erkan and Radev 2004). Of the two
/// that the paper describes it is the continuous one, which draws no line between similar and not: each edge counts by
/// its cosine, and each sentence is wholly similar to itself.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn lex_rank(terms: &Terms, cancel: Cancel<'_>) -> Result<Vec<f32>, Cancelled> {
    walk(&Graph::link(terms, Measure::Cosine, 0.0, cancel)?, 1.0, cancel)
}

/// `TextRank`: likewise, with edges for shared words, over the logarithms of the lengths (Mihalcea and Tarau 2004).
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn text_rank(terms: &Terms, cancel: Cancel<'_>) -> Result<Vec<f32>, Cancelled> {
    walk(&Graph::link(terms, Measure::Overlap, 0.0, cancel)?, 0.0, cancel)
}

/// Degree centrality: how many sentences each is similar to (Erkan and Radev 2004).
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn degree(terms: &Terms, cancel: Cancel<'_>) -> Result<Vec<f32>, Cancelled> {
    Ok(degrees(&Graph::link(terms, Measure::Cosine, THRESHOLD, cancel)?.unweighted()))
}

/// Directed centrality: similarity to later sentences less similarity to earlier ones, over tf-idf (Zheng and Lapata
/// 2019). With no threshold on edges it needs no pairs: the sums of the vectors before and after do.
///
/// # Errors
///
/// [`Cancelled`] when `cancel` says so.
pub fn directed(terms: &Terms, cancel: Cancel<'_>) -> Result<Vec<f32>, Cancelled> {
    cancel.check()?;
    let weights = unit_weights(terms, &terms.rarity());
    let mut after = vec![0.0f32; terms.statistics.len()];
    for (entry, weight) in terms.entries().iter().zip(&weights) {
        after[entry.term as usize] += weight;
    }
    let mut before = vec![0.0f32; terms.statistics.len()];
    let mut centralities = Vec::with_capacity(terms.sentences.len());
    for sentence in 0..terms.sentences.len() {
        let mut centrality = 0.0;
        for (entry, weight) in terms.of(sentence).iter().zip(&weights[terms.range(sentence)]) {
            let (before, after) = (&mut before[entry.term as usize], &mut after[entry.term as usize]);
            *after -= weight;
            centrality += weight * (*after - *before);
            *before += weight;
        }
        centralities.push(centrality);
    }
    Ok(centralities)
}

fn degrees(graph: &Graph) -> Vec<f32> {
    let mut degrees = vec![0.0f32; graph.len()];
    for later in 0..graph.len() {
        for &(earlier, similarity) in graph.before(later) {
            degrees[later] += similarity;
            degrees[earlier as usize] += similarity;
        }
    }
    degrees
}

/// The power method: where a walk that leaves each sentence along its edges, by their weights, spends its time. Each has
/// an edge of the weight `to_itself` as well.
fn walk(graph: &Graph, to_itself: f32, cancel: Cancel<'_>) -> Result<Vec<f32>, Cancelled> {
    let count = graph.len();
    let uniform = 1.0 / to_f32(count.max(1));
    let degrees: Vec<f32> = degrees(graph).into_iter().map(|degree| degree + to_itself).collect();
    let mut shares = vec![uniform; count];
    let mut next = vec![0.0f32; count];
    let mut leaving = vec![0.0f32; count];
    for _ in 0..MAX_STEPS {
        cancel.check()?;
        // What sits at a sentence that is like no other goes anywhere.
        let mut stranded = 0.0;
        for ((leaving, &share), &degree) in leaving.iter_mut().zip(&shares).zip(&degrees) {
            *leaving = if degree > 0.0 { share / degree } else { 0.0 };
            stranded += if degree > 0.0 { 0.0 } else { share };
        }
        next.fill(0.0);
        for later in 0..count {
            let mut arriving = to_itself * leaving[later];
            for &(earlier, similarity) in graph.before(later) {
                arriving += similarity * leaving[earlier as usize];
                next[earlier as usize] += similarity * leaving[later];
            }
            next[later] += arriving;
        }
        let mut moved = 0.0;
        for (next, share) in next.iter_mut().zip(&shares) {
            *next = (1.0 - DAMPING) * uniform + DAMPING * (*next + stranded * uniform);
            moved += (*next - share).abs();
        }
        std::mem::swap(&mut shares, &mut next);
        if moved < EPSILON {
            break;
        }
    }
    Ok(shares)
}
