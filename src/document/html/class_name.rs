//! What the classes and ids of a page's elements say of what is in them.

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

impl Kinds {
    /// How many kinds there are.
    pub const COUNT: usize = 18;

    /// The kinds that a class or id speaks of.
    pub(super) fn of(name: &str) -> Self {
        let name = name.as_bytes();
        let mut kinds = 0;
        for (at, (_, parts)) in NAMES.iter().enumerate() {
            let speaks = |part: &&str| {
                name.len() >= part.len()
                    && name.windows(part.len()).any(|stretch| stretch.eq_ignore_ascii_case(part.as_bytes()))
            };
            if parts.iter().any(speaks) {
                kinds |= 1 << at;
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
