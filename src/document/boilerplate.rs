//! Tells page furniture (share bars, teasers, comment forms) from the article.
