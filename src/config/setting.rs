//! The kinds of values a setting may have, and how each is read and shown.

use std::{fmt::Write as _, net::SocketAddr, path::PathBuf, time::Duration};

use http::HeaderValue;
use tracing_subscriber::filter::{LevelFilter, Targets};

/// A value that can be read from text and shown again.
pub(super) trait Setting: Sized {
    /// Reads it; the error says what was expected.
    fn parse(text: &str) -> Result<Self, String>;
    /// Shows it as it may be printed: secrets masked.
    fn show(&self) -> toml::Value;
}

/// A number of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub usize);

/// A place to listen at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `HOST:PORT`.
    Tcp(SocketAddr),
    /// `unix:PATH`.
    Unix(PathBuf),
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Text,
    /// A JSON object a line.
    Json,
}

/// Which log lines are written: those of a level and above, of all modules or by module.
#[derive(Clone, Debug, PartialEq)]
pub struct LogLevel(pub Targets);

impl Eq for LogLevel {}

/// A value that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The value itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "Secret(none)" } else { "Secret(…)" })
    }
}

impl Setting for Bytes {
    fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("expected a size such as 4096, 64KiB or 5MiB, found {text:?}");
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = match text.trim_start_matches(|c: char| c.is_ascii_digit()).trim() {
            "" | "B" => 1,
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            "kB" | "KB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            _ => return Err(expected()),
        };
        let count: usize = digits.parse().map_err(|_| expected())?;
        count.checked_mul(unit).map(Self).ok_or_else(expected)
    }

    fn show(&self) -> toml::Value {
        let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
        let (unit, name) =
            units.into_iter().find(|(unit, _)| self.0 >= *unit && self.0.is_multiple_of(*unit)).unwrap_or((1, "B"));
        format!("{}{name}", self.0 / unit).into()
    }
}

impl Setting for Duration {
    fn parse(text: &str) -> Result<Self, String> {
        let expected = || format!("expected a time such as 250ms, 5s, 2m or 1h, found {text:?}");
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let count: u64 = digits.parse().map_err(|_| expected())?;
        let milliseconds = match text.trim_start_matches(|c: char| c.is_ascii_digit()).trim() {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return Err(expected()),
        };
        let year = 365 * 24 * 3_600_000;
        match count.checked_mul(milliseconds) {
            Some(time) if time <= year => Ok(Self::from_millis(time)),
            _ => Err(format!("expected at most a year, found {text:?}")),
        }
    }

    fn show(&self) -> toml::Value {
        let milliseconds = self.as_millis();
        let units = [(3_600_000, "h"), (60_000, "m"), (1_000, "s")];
        let (unit, name) = units
            .into_iter()
            .find(|(unit, _)| milliseconds >= *unit && milliseconds.is_multiple_of(*unit))
            .unwrap_or((1, "ms"));
        format!("{}{name}", milliseconds / unit).into()
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Setting for Endpoint {
    fn parse(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("expected unix:PATH, found no path".to_owned()),
            Some(path) => Ok(Self::Unix(path.into())),
            None => text
                .parse()
                .map(Self::Tcp)
                .map_err(|_| format!("expected an address such as 127.0.0.1:50051 or unix:PATH, found {text:?}")),
        }
    }

    fn show(&self) -> toml::Value {
        self.to_string().into()
    }
}

impl Setting for LogFormat {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("expected auto, text or json, found {text:?}")),
        }
    }

    fn show(&self) -> toml::Value {
        match self {
            Self::Auto => "auto",
            Self::Text => "text",
            Self::Json => "json",
        }
        .into()
    }
}

impl Setting for LogLevel {
    fn parse(text: &str) -> Result<Self, String> {
        let directives: String = text.split_whitespace().collect();
        // What stands alone is a level: read as a module, a mistyped one would silence all the others.
        let is_sound = |directive: &str| directive.contains('=') || directive.parse::<LevelFilter>().is_ok();
        let filter = directives.split(',').all(is_sound).then(|| directives.parse().ok()).flatten();
        filter.map(Self).ok_or_else(|| {
            format!("expected off, error, warn, info, debug, trace or MODULE=LEVEL, parted by commas, found {text:?}")
        })
    }

    fn show(&self) -> toml::Value {
        self.0.to_string().into()
    }
}

/// The origins whose pages may call the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All there are.
    Any,
    /// These: `SCHEME://HOST[:PORT]`.
    These(Vec<HeaderValue>),
}

impl Setting for Origins {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let origins = text.split(',').map(str::trim).filter(|origin| !origin.is_empty());
        origins.map(origin).collect::<Result<_, _>>().map(Self::These)
    }

    fn show(&self) -> toml::Value {
        match self {
            Self::Any => "*".to_owned(),
            Self::These(origins) => {
                origins.iter().filter_map(|origin| origin.to_str().ok()).collect::<Vec<_>>().join(",")
            }
        }
        .into()
    }
}

/// An origin as browsers write it: nothing after the host and port.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let expected = || format!("expected origins such as https://example.com, parted by commas, or *, found {text:?}");
    let (scheme, host) = text.split_once("://").ok_or_else(expected)?;
    let is_host = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@*\\".contains(&byte));
    if !is_host || scheme.is_empty() || text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(expected());
    }
    HeaderValue::try_from(text).map_err(|_| expected())
}

impl Setting for Secret {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(Self(text.to_owned()))
    }

    fn show(&self) -> toml::Value {
        if self.0.is_empty() { "" } else { "***" }.into()
    }
}

impl Setting for String {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn show(&self) -> toml::Value {
        self.as_str().into()
    }
}

impl Setting for PathBuf {
    fn parse(text: &str) -> Result<Self, String> {
        Ok(text.into())
    }

    fn show(&self) -> toml::Value {
        self.display().to_string().into()
    }
}

impl Setting for bool {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("expected true or false, found {text:?}"))
    }

    fn show(&self) -> toml::Value {
        (*self).into()
    }
}

impl Setting for usize {
    fn parse(text: &str) -> Result<Self, String> {
        // A semaphore's limit; nothing here means more.
        match text.parse() {
            Ok(count) if count <= u32::MAX as Self => Ok(count),
            _ => Err(format!("expected a count, found {text:?}")),
        }
    }

    fn show(&self) -> toml::Value {
        i64::try_from(*self).unwrap_or(i64::MAX).into()
    }
}

impl Setting for u32 {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("expected a count, found {text:?}"))
    }

    fn show(&self) -> toml::Value {
        i64::from(*self).into()
    }
}

impl<T: Setting> Setting for Option<T> {
    fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() { Ok(None) } else { T::parse(text).map(Some) }
    }

    fn show(&self) -> toml::Value {
        self.as_ref().map_or_else(|| "".into(), Setting::show)
    }
}

/// A file's value as the text a flag would have.
pub(super) fn from_toml(value: &toml::Value) -> Result<String, String> {
    match value {
        toml::Value::String(text) => Ok(text.clone()),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        other => Err(format!("expected text, a number or a boolean, found a {}", other.type_str())),
    }
}

/// One line of `--print-config`.
pub(super) fn write_toml(lines: &mut String, name: &str, value: &toml::Value) {
    let written = writeln!(lines, "{name} = {value}");
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}
