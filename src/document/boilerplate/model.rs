//! How likely a line is the article's: a small network with one hidden layer looks at it, then another at what the first
//! said of the lines around. The weights are learned by `tools/learn_pages.sh` and lie in `data/page_weights/`.

use std::{fmt::Write, sync::LazyLock};

use super::feature::{CONTEXT_FEATURES, LINE_FEATURES, MARKUP_FEATURES, Rows};
use crate::text::lexicon::entries;

/// How many units the hidden layer has.
pub const HIDDEN: usize = 12;

/// A network of one hidden layer.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// How many inputs there are.
    pub width: usize,
    /// For each hidden unit the weight of every input, then its bias.
    pub hidden: Vec<f32>,
    /// The weight of each hidden unit, then the bias.
    pub output: Vec<f32>,
}

impl Network {
    /// The chance that a row is of the article.
    #[must_use]
    pub fn chance(&self, row: &[f32]) -> f32 {
        let mut sum = self.output[HIDDEN];
        for (unit, weight) in self.hidden.chunks_exact(self.width + 1).zip(&self.output) {
            let (weights, bias) = unit.split_at(self.width);
            let input: f32 = weights.iter().zip(row).map(|(weight, value)| weight * value).sum();
            sum += weight * (input + bias[0]).max(0.0);
        }
        1.0 / (1.0 + (-sum).exp())
    }
}

/// Both looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// At a line.
    pub line: Network,
    /// At what the first said of the lines around.
    pub context: Network,
}

static LINES: LazyLock<Model> =
    LazyLock::new(|| Model::read(include_str!("../../../data/page_weights/lines.txt"), LINE_FEATURES));
static MARKUP: LazyLock<Model> = LazyLock::new(|| {
    Model::read(include_str!("../../../data/page_weights/markup.txt"), LINE_FEATURES + MARKUP_FEATURES)
});

impl Model {
    /// For pages as plain lines.
    #[must_use]
    pub fn of_lines() -> &'static Self {
        &LINES
    }

    /// For pages with their markup.
    #[must_use]
    pub fn of_markup() -> &'static Self {
        &MARKUP
    }

    /// Reads what [`Model::write`] wrote. What is not there weighs nothing.
    #[must_use]
    pub fn read(text: &str, width: usize) -> Self {
        let mut numbers = entries(text).flat_map(str::split_whitespace).map(|number| number.parse().unwrap_or(0.0));
        let mut take = |count: usize| (0..count).map(|_| numbers.next().unwrap_or(0.0)).collect::<Vec<f32>>();
        let mut network =
            |width: usize| Network { width, hidden: take(HIDDEN * (width + 1)), output: take(HIDDEN + 1) };
        Self { line: network(width), context: network(CONTEXT_FEATURES) }
    }

    /// The weights, a hidden unit's on a line, then the output's; the first network, then the second.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::new();
        for network in [&self.line, &self.context] {
            for line in network.hidden.chunks_exact(network.width + 1).chain([&network.output[..]]) {
                let line: Vec<String> = line.iter().map(|weight| format!("{weight:.3}")).collect();
                // Writing to a string cannot fail.
                let _ = writeln!(text, "{}", line.join(" "));
            }
        }
        text
    }

    /// The first look's chances.
    #[must_use]
    pub fn first_look(&self, rows: &Rows) -> Vec<f32> {
        rows.iter().map(|row| self.line.chance(row)).collect()
    }

    /// The second look's chances.
    #[must_use]
    pub fn second_look(&self, rows: &Rows) -> Vec<f32> {
        rows.iter().map(|row| self.context.chance(row)).collect()
    }
}
