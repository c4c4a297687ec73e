//! What parts of a page an element stands in, as the names of elements tell it.

/// What a block stands in: a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// How many places there are.
    pub const COUNT: usize = 16;
    /// A paragraph of its own.
    pub const PARAGRAPH: Self = Self(1);
    /// A heading.
    pub const HEADING: Self = Self(1 << 1);
    /// An item of a list.
    pub const ITEM: Self = Self(1 << 2);
    /// A block quote.
    pub const BLOCK_QUOTE: Self = Self(1 << 3);
    /// A table.
    pub const TABLE: Self = Self(1 << 4);
    /// The page's navigation.
    pub const NAVIGATION: Self = Self(1 << 5);
    /// A head.
    pub const HEADER: Self = Self(1 << 6);
    /// A foot.
    pub const FOOTER: Self = Self(1 << 7);
    /// What stands beside the article.
    pub const ASIDE: Self = Self(1 << 8);
    /// A form.
    pub const FORM: Self = Self(1 << 9);
    /// A figure.
    pub const FIGURE: Self = Self(1 << 10);
    /// An `article`.
    pub const ARTICLE: Self = Self(1 << 11);
    /// The page's main part.
    pub const MAIN: Self = Self(1 << 12);
    /// What the page itself calls the article's body.
    pub const ARTICLE_BODY: Self = Self(1 << 13);
    /// What isn't shown.
    pub const HIDDEN: Self = Self(1 << 14);
    /// The top heading.
    pub const TOP_HEADING: Self = Self(1 << 15);

    /// The place that an element of that name is.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "p" => Self::PARAGRAPH,
            "h1" => Self::HEADING.with(Self::TOP_HEADING),
            "h2" | "h3" | "h4" | "h5" | "h6" => Self::HEADING,
            "li" | "dd" | "dt" => Self::ITEM,
            "blockquote" => Self::BLOCK_QUOTE,
            "table" => Self::TABLE,
            "nav" => Self::NAVIGATION,
            "header" => Self::HEADER,
            "footer" => Self::FOOTER,
            "aside" => Self::ASIDE,
            "form" | "fieldset" => Self::FORM,
            "figure" => Self::FIGURE,
            "article" => Self::ARTICLE,
            "main" => Self::MAIN,
            _ => Self::default(),
        }
    }

    /// Both.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it is any of these.
    #[must_use]
    pub const fn any(self, places: Self) -> bool {
        self.0 & places.0 != 0
    }

    /// Whether it is the place of that number.
    #[must_use]
    pub const fn has(self, place: usize) -> bool {
        self.0 & (1 << place) != 0
    }
}
