//! The languages the rules know, and how a text's is told.

mod detect;
mod tag;

pub use detect::detect;
pub use tag::is_well_formed;

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
    /// The languages by their codes of two letters and of three.
    const CODES: &[(&[&str], Language)] = &[
        (&["en", "eng"], Language::English),
        (&["de", "deu", "ger", "gsw"], Language::German),
        (&["fr", "fra", "fre"], Language::French),
        (&["es", "spa"], Language::Spanish),
        (&["it", "ita"], Language::Italian),
        (&["pt", "por"], Language::Portuguese),
        (&["nl", "nld", "dut"], Language::Dutch),
        (&["da", "dan"], Language::Danish),
        (&["sv", "swe"], Language::Swedish),
        (&["no", "nb", "nn", "nor", "nob", "nno"], Language::Norwegian),
        (&["fi", "fin"], Language::Finnish),
        (&["ru", "rus"], Language::Russian),
        (&["zh", "zho", "chi", "cmn", "yue"], Language::Chinese),
        (&["ja", "jpn"], Language::Japanese),
        (&["th", "tha"], Language::Thai),
    ];

    /// Whether it writes compounds as one word.
    #[must_use]
    pub fn writes_compounds(self) -> bool {
        matches!(self, Self::German | Self::Dutch | Self::Danish | Self::Swedish | Self::Norwegian | Self::Finnish)
    }

    /// The language of a BCP-47 code, by its first subtag: of "pt-BR" Portuguese.
    #[must_use]
    pub fn of_code(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        let is = |codes: &[&str]| codes.iter().any(|code| code.eq_ignore_ascii_case(primary));
        Self::CODES.iter().find(|(codes, _)| is(codes)).map_or(Self::Other, |&(_, language)| language)
    }

    /// How many there are.
    pub(super) const COUNT: usize = Language::Other as usize + 1;

    /// Whether the titles before names are capitalised: "Mr", but "dott".
    pub(super) const fn capitalises_titles(self) -> bool {
        matches!(self, Self::English | Self::French | Self::German | Self::Other)
    }

    /// Whether a full stop makes a number an ordinal: "am 3. Oktober".
    pub(super) const fn writes_ordinals_with_stop(self) -> bool {
        matches!(self, Self::Danish | Self::Finnish | Self::German | Self::Norwegian)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_codes() {
        let check = |code, expected| assert_eq!(Language::of_code(code), expected, "{code}");
        check("en", Language::English);
        check("EN-us", Language::English);
        check("pt-BR", Language::Portuguese);
        check("zh-Hant-TW", Language::Chinese);
        check("nn", Language::Norwegian);
        check("deu", Language::German);
        check("enm", Language::Other);
        check("und", Language::Other);
        check("", Language::Other);
    }
}
