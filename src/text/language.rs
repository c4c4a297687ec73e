//! The languages the rules know.

/// A language, as far as rules differ by it. Text in any other is read by the general rules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Chinese.
    Chinese,
    /// Danish.
    Danish,
    /// Dutch.
    Dutch,
    /// English.
    English,
    /// Finnish.
    Finnish,
    /// French.
    French,
    /// German.
    German,
    /// Italian.
    Italian,
    /// Japanese.
    Japanese,
    /// Norwegian.
    Norwegian,
    /// Portuguese.
    Portuguese,
    /// Russian.
    Russian,
    /// Spanish.
    Spanish,
    /// Swedish.
    Swedish,
    /// Thai.
    Thai,
    /// Any other, or unknown.
    #[default]
    Other,
}

impl Language {
    /// How many there are.
    pub(super) const COUNT: usize = Language::Other as usize + 1;
}
