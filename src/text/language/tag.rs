//! The syntax of language tags.

/// Tags from before there was a syntax, which do not follow it (RFC 5646, section 2.1, *irregular*).
const IRREGULAR: [&str; 17] = [
    "en-GB-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-BE-FR",
    "sgn-BE-NL",
    "sgn-CH-DE",
];

/// Whether `code` follows the syntax of a BCP-47 language tag (RFC 5646, section 2.1): *well-formed*, whether or not its
/// parts are registered.
#[must_use]
pub fn is_well_formed(code: &str) -> bool {
    if IRREGULAR.iter().any(|tag| tag.eq_ignore_ascii_case(code)) {
        return true;
    }
    let is_clean = |subtag: &str| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphanumeric());
    if !code.split('-').all(is_clean) {
        return false;
    }
    let mut subtags = code.split('-').peekable();
    let Some(primary) = subtags.next() else { return false };
    if primary.eq_ignore_ascii_case("x") {
        return subtags.peek().is_some();
    }
    if primary.len() < 2 || !is_letters(primary) {
        return false;
    }
    let mut take = |fits: &dyn Fn(&str) -> bool| subtags.next_if(|subtag| fits(subtag)).is_some();
    if primary.len() <= 3 {
        let is_extension = |subtag: &str| subtag.len() == 3 && is_letters(subtag);
        let _ = take(&is_extension) && take(&is_extension) && take(&is_extension);
    }
    take(&|subtag| subtag.len() == 4 && is_letters(subtag));
    take(&|subtag| subtag.len() == 2 && is_letters(subtag) || subtag.len() == 3 && is_digits(subtag));
    while take(&|subtag| subtag.len() >= 5 || subtag.len() == 4 && subtag.starts_with(|c: char| c.is_ascii_digit())) {}
    while let Some(singleton) = subtags.next() {
        if singleton.len() != 1 {
            return false;
        }
        let is_private = singleton.eq_ignore_ascii_case("x");
        let mut count = 0;
        while subtags.next_if(|subtag| is_private || subtag.len() >= 2).is_some() {
            count += 1;
        }
        if count == 0 {
            return false;
        }
    }
    true
}

fn is_letters(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_digits(subtag: &str) -> bool {
    subtag.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_syntax() {
        // The examples of RFC 5646, appendix A, and their neighbours.
        for code in [
            "de",
            "fr",
            "ja",
            "i-enochian",
            "zh-Hant",
            "sr-Latn",
            "zh-cmn-Hans-CN",
            "cmn-Hans-CN",
            "zh-yue-HK",
            "sr-Latn-RS",
            "sl-rozaj",
            "sl-rozaj-biske",
            "de-CH-1901",
            "sl-IT-nedis",
            "hy-Latn-IT-arevela",
            "de-DE",
            "en-US",
            "es-419",
            "de-CH-x-phonebk",
            "az-Arab-x-AZE-derbend",
            "x-whatever",
            "qaa-Qaaa-QM-x-southern",
            "en-US-u-islamcal",
            "zh-CN-a-myext-x-private",
            "en-a-myext-b-another",
            "und",
            "EN",
            "abcde",
            "en-GB-oed",
            "art-lojban",
            "tlh",
        ] {
            assert!(is_well_formed(code), "{code}");
        }
        for code in [
            "",
            "a",
            "-",
            "en-",
            "-en",
            "en--US",
            "de-419-DE",
            "a-DE",
            "en_US",
            "english language",
            "en-US-",
            "e1",
            "123",
            "en-x",
            "en-a",
            "en-a-b-cd",
            "x",
            "abcdefghi",
            "en-abcdefghi",
            "en-US-DE",
            "ën",
            "en-u",
            "en US",
            "de-DE-",
        ] {
            assert!(!is_well_formed(code), "{code}");
        }
    }
}
