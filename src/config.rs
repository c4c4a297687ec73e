//! The settings of `pullquote serve`.
