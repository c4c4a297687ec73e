//! What the classes and ids of a page's elements say of what is in them.

use std::sync::LazyLock;

/// Kinds of content that pages name in classes and ids: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u32);

/// The kinds, and the parts of names that tell them.
const NAMES: [(&str, &[&str]); Kinds::COUNT] = [
    ("article", &["article", "story", "post-", "entry", "news"]),
    ("body", &["body", "content", "text", "paragraph"]),
    ("comment", &["comment", "disqus", "respond", "reply", "discussion"]),
    ("share", &["share", "social", "sharing", "follow"]),
    (
        "related",
        &[
            "related",
            "recommend",
            "more-",
            "trending",
            "popular",
            "most-",
            "read-next",
            "readmore",
            "also-",
            "teaser",
            "latest",
        ],
    ),
    ("advertising", &["promo", "advert", "sponsor", "ad-", "ads", "taboola", "outbrain", "banner"]),
    (
        "newsletter",
        &[
            "newsletter",
            "subscri",
            "signup",
            "sign-up",
            "paywall",
            "optin",
            "login",
            "register",
            "cookie",
            "consent",
            "gdpr",
        ],
    ),
    ("caption", &["caption", "credit", "photo", "image", "gallery", "media", "video", "slide", "figure"]),
    ("byline", &["byline", "author", "date", "meta", "time", "publish", "bio"]),
    ("tag", &["tag", "topic", "categor", "breadcrumb", "label", "keyword"]),
    ("menu", &["menu", "nav", "toolbar", "dropdown", "search", "skip"]),
    ("foot", &["foot", "copyright", "legal", "disclaimer", "bottom"]),
    ("side", &["side", "rail", "widget", "aside", "module", "card"]),
    ("head", &["head", "title", "kicker", "top-"]),
    ("lead", &["lead", "summary", "intro", "standfirst", "dek", "excerpt", "abstract", "description"]),
    ("quote", &["quote", "tweet", "twitter", "embed", "instagram"]),
    ("hidden", &["hidden", "modal", "popup", "overlay", "screen-reader", "sr-only", "print-"]),
    ("list", &["list", "item", "grid", "feed"]),
];

/// The kind that a part of a name tells, and the part.
type Part = (u32, &'static [u8]);

/// The parts that begin with each letter.
static PARTS: LazyLock<[Vec<Part>; 26]> = LazyLock::new(|| {
    std::array::from_fn(|letter| {
        let parts =
            NAMES.iter().enumerate().flat_map(|(kind, (_, parts))| parts.iter().map(move |part| (1 << kind, part)));
        let parts = parts.map(|(kind, part)| (kind, part.as_bytes()));
        parts.filter(|(_, part)| usize::from(part[0] - b'a') == letter).collect()
    })
});

impl Kinds {
    /// How many kinds there are.
    pub const COUNT: usize = 18;

    /// The kinds that a class or id speaks of.
    pub(super) fn of(name: &str) -> Self {
        let name = name.as_bytes();
        let mut kinds = 0;
        for (at, byte) in name.iter().enumerate() {
            let letter = byte.to_ascii_lowercase().wrapping_sub(b'a');
            for &(kind, part) in PARTS.get(usize::from(letter)).into_iter().flatten() {
                let speaks = || name[at..].get(..part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part));
                if kinds & kind == 0 && speaks() {
                    kinds |= kind;
                }
            }
        }
        Self(kinds)
    }

    /// Those of both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the kind at that place is among them.
    #[must_use]
    pub const fn has(self, kind: usize) -> bool {
        self.0 & (1 << kind) != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kinds_by_parts_of_names() {
        let check = |name: &str, expected: &[&str]| {
            let kinds = Kinds::of(name);
            let found: Vec<&str> =
                NAMES.iter().enumerate().filter(|(at, _)| kinds.has(*at)).map(|(_, (kind, _))| *kind).collect();
            assert_eq!(found, expected, "{name}");
        };
        check("", &[]);
        check("x é 1", &[]);
        check("Article-Body", &["article", "body"]);
        check("site-NAV", &["menu"]);
        check("ad-slot", &["advertising"]);
        check("ad", &[]);
    }
}
