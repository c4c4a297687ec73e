//! Who may call: the keys of a file, one a line.

use std::{fs, path::Path, sync::Arc};

use arc_swap::ArcSwap;
use http::{HeaderMap, header::AUTHORIZATION};
use subtle::{Choice, ConstantTimeEq as _};

/// The known keys.
pub(crate) struct ApiKeys(ArcSwap<Vec<String>>);

impl ApiKeys {
    /// Reads the keys: a line each, `#` before comments.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        read(path).map(|keys| Self(ArcSwap::from_pointee(keys)))
    }

    /// Reads them again; on a fault the old ones stay.
    pub(crate) fn reload(&self, path: &Path) -> Result<(), String> {
        self.0.store(Arc::new(read(path)?));
        Ok(())
    }

    /// Whether the headers carry a known key. How long it takes tells nothing of any key but its length.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> bool {
        let Some(shown) = headers.get(AUTHORIZATION).and_then(|value| bearer(value.as_bytes())) else { return false };
        let known = self.0.load().iter().fold(Choice::from(0), |known, key| known | key.as_bytes().ct_eq(shown));
        known.into()
    }
}

impl std::fmt::Debug for ApiKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKeys").finish_non_exhaustive()
    }
}

fn bearer(value: &[u8]) -> Option<&[u8]> {
    let (scheme, key) = value.split_at_checked(7)?;
    scheme.eq_ignore_ascii_case(b"bearer ").then(|| key.trim_ascii())
}

fn read(path: &Path) -> Result<Vec<String>, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("api_keys: {shown}: {error}"))?;
    let keys: Vec<String> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    if keys.is_empty() { Err(format!("api_keys: {shown}: holds no key")) } else { Ok(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_key_is_let_in() {
        let keys = ApiKeys(ArcSwap::from_pointee(vec!["first".to_owned(), "second".to_owned()]));
        for (header, expected) in [
            ("Bearer first", true),
            ("bearer second", true),
            ("Bearer  second ", true),
            ("Bearer third", false),
            ("Bearer firs", false),
            ("Bearer first2", false),
            ("Bearer ", false),
            ("Basic first", false),
            ("first", false),
            ("", false),
        ] {
            let headers: HeaderMap = header.parse().map(|value| (AUTHORIZATION, value)).into_iter().collect();
            assert_eq!(keys.admit(&headers), expected, "{header}");
        }
        assert!(!keys.admit(&HeaderMap::new()));
    }
}
