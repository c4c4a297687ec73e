//! The settings of `pullquote serve`: flags, then the environment, then a TOML file, then defaults.
//!
//! One table names every setting once; its flag, its variable, its key in the file and its line in `--help` follow from
//! it. Faults are gathered, not thrown one by one.

#![warn(clippy::indexing_slicing, clippy::string_slice)]

mod setting;

use std::{fmt, path::PathBuf, time::Duration};

pub use setting::{Bytes, Endpoint, LogFormat, LogLevel, Origins, Secret};

use setting::Setting;

/// What was wrong with the configuration: every fault, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Faults {}

/// The exit code of bad configuration: `EX_USAGE` of `sysexits.h`.
pub const EXIT_BAD_CONFIGURATION: u8 = 64;

macro_rules! settings {
    ($( $(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:literal, $value_name:literal; )+) => {
        /// The flags of `pullquote serve`.
        #[derive(Clone, Debug, Default, clap::Args)]
        pub struct ServeArgs {
            /// A TOML file with any of the settings below, under the flags' names [env: `PULLQUOTE_CONFIG`]
            #[arg(long, value_name = "FILE")]
            pub config: Option<PathBuf>,

            /// Print the resulting settings as TOML, secrets masked, and exit [env: `PULLQUOTE_PRINT_CONFIG`]
            #[arg(long)]
            pub print_config: bool,

            $(
                $(#[doc = $doc])+
                #[arg(long, value_name = $value_name, num_args = value_count($default), default_missing_value = "true", help = help(concat!($($doc),+), stringify!($name), $default))]
                pub $name: Option<String>,
            )+
        }

        /// The settings, each within its range.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Config {
            $( $(#[doc = $doc])+ pub $name: $type, )+
        }

        impl Config {
            /// Reads every setting from the first of `sources` that names it, else its default.
            fn read(sources: &Sources<'_>, faults: &mut Vec<String>) -> Option<Self> {
                $( let $name = sources.setting::<$type>(stringify!($name), $default, faults); )+
                Some(Self { $( $name: $name?, )+ })
            }

            /// The settings as TOML, secrets masked.
            #[must_use]
            pub fn to_toml(&self) -> String {
                let mut lines = String::new();
                $( setting::write_toml(&mut lines, stringify!($name), &self.$name.show()); )+
                lines
            }
        }

        impl ServeArgs {
            fn flag(&self, name: &str) -> Option<&str> {
                match name {
                    $( stringify!($name) => self.$name.as_deref(), )+
                    _ => None,
                }
            }
        }

        const NAMES: &[&str] = &[$( stringify!($name) ),+];
    };
}

settings! {
    /// Where the service listens: HOST:PORT or unix:PATH. A socket handed over by systemd goes before it
    listen: Endpoint = "127.0.0.1:50051", "ADDRESS";
    /// Where Prometheus reads /metrics: HOST:PORT. None when empty
    metrics_listen: Option<Endpoint> = "", "ADDRESS";

    /// The certificate chain to serve TLS with, PEM. Read again on SIGHUP and when it changes
    tls_cert: Option<PathBuf> = "", "FILE";
    /// The certificate's private key, PEM
    tls_key: Option<PathBuf> = "", "FILE";
    /// Clients must show a certificate that one of these authorities signed, PEM
    tls_client_ca: Option<PathBuf> = "", "FILE";
    /// Calls must carry `authorization: Bearer KEY` with one of this file's lines. Health stays open
    api_keys: Option<PathBuf> = "", "FILE";
    /// How often certificates and keys are looked at for a change
    reload_interval: Duration = "10s", "TIME";

    /// The largest message, after decompression
    max_message_bytes: Bytes = "5MiB", "SIZE";
    /// The largest document.text
    max_text_bytes: Bytes = "1MiB", "SIZE";
    /// The largest document.html
    max_html_bytes: Bytes = "4MiB", "SIZE";
    /// The largest document.title
    max_title_bytes: Bytes = "4KiB", "SIZE";
    /// The largest query
    max_query_bytes: Bytes = "4KiB", "SIZE";
    /// The largest id of a stream's item
    max_id_bytes: Bytes = "256B", "SIZE";

    /// Calls and stream items that are worked on at once
    max_calls: usize = "256", "COUNT";
    /// Calls that may wait for their turn. What comes beyond is refused
    max_waiting_calls: usize = "1024", "COUNT";
    /// The bytes that all calls and stream items in flight may hold
    max_call_bytes: Bytes = "48MiB", "SIZE";
    /// Items of one stream that are worked on at once
    max_items_per_stream: usize = "16", "COUNT";
    /// How long a refused caller is asked to stay away
    retry_pushback: Duration = "200ms", "TIME";
    /// The time of a call, or of each item of a stream, whose caller set no deadline
    call_timeout: Duration = "30s", "TIME";

    /// Connections at once. Others wait in the system's queue
    max_connections: usize = "4096", "COUNT";
    /// Calls at once on one connection
    max_streams_per_connection: u32 = "100", "COUNT";
    /// The time for a new connection's first bytes, and for its TLS handshake
    first_byte_timeout: Duration = "2s", "TIME";
    /// A connection without a call is closed after this time
    idle_timeout: Duration = "5m", "TIME";
    /// How often a connection is asked whether it still lives
    keepalive_interval: Duration = "30s", "TIME";
    /// The time for its answer
    keepalive_timeout: Duration = "10s", "TIME";
    /// The age at which a connection is told to go. Its streams may finish
    max_connection_age: Duration = "30m", "TIME";
    /// Each connection's age is drawn from the maximum, more or less this
    connection_age_jitter: Duration = "3m", "TIME";

    /// After SIGTERM: how long calls are still answered while health says `NOT_SERVING`
    drain_delay: Duration = "5s", "TIME";
    /// After that delay: how long calls in flight may take to end
    drain_timeout: Duration = "20s", "TIME";

    /// Threads for connections and small articles. 0: one for each core
    io_threads: usize = "0", "COUNT";
    /// Threads for large articles. 0: one for each core
    compute_threads: usize = "0", "COUNT";
    /// The largest text that is computed where it arrives, off the compute threads
    in_place_bytes: Bytes = "16KiB", "SIZE";

    /// Whether a page to try the service with is served at /
    playground: bool = "false", "BOOL";
    /// The origins whose pages may call, such as `https://example.com`, parted by commas, or `*`. None when empty
    cors_origins: Origins = "", "ORIGINS";
    /// Whether server reflection is served
    reflection: bool = "true", "BOOL";
    /// auto (text on a terminal, else json), text or json
    log_format: LogFormat = "auto", "FORMAT";
    /// What is logged: off, error, warn, info, debug or trace; or by module, MODULE=LEVEL, parted by commas
    log_level: LogLevel = "info", "LEVEL";
    /// Where traces go: the URL of an OTLP collector's gRPC port. None when empty
    otlp_endpoint: Option<String> = "", "URL";
    /// What the collector asks for: NAME=VALUE, parted by commas
    otlp_headers: Secret = "", "HEADERS";
}

/// A switch may stand alone; any other flag has a value.
fn value_count(default: &str) -> clap::builder::ValueRange {
    let is_switch = matches!(default, "true" | "false");
    if is_switch { (0..=1).into() } else { 1.into() }
}

/// A flag's line in `--help`.
fn help(doc: &str, name: &str, default: &str) -> String {
    let default = if default.is_empty() { String::new() } else { format!(" [default: {default}]") };
    format!("{}{default} [env: {}]", doc.trim().replace('`', ""), variable(name))
}

/// The environment's name of a setting.
fn variable(name: &str) -> String {
    format!("PULLQUOTE_{}", name.to_uppercase())
}

/// Where settings come from, the first that names one winning.
struct Sources<'a> {
    args: &'a ServeArgs,
    environment: &'a dyn Fn(&str) -> Option<String>,
    file: toml::Table,
}

impl Sources<'_> {
    fn setting<T: Setting>(&self, name: &str, default: &str, faults: &mut Vec<String>) -> Option<T> {
        let flag = self.args.flag(name).map(|value| (format!("--{}", name.replace('_', "-")), Ok(value.to_owned())));
        let variable = || {
            let variable = variable(name);
            (self.environment)(&variable).map(|value| (variable, Ok(value)))
        };
        let key = || self.file.get(name).map(|value| (format!("{name} in the file"), setting::from_toml(value)));
        let (origin, value) =
            flag.or_else(variable).or_else(key).unwrap_or_else(|| (name.to_owned(), Ok(default.to_owned())));
        match value.and_then(|value| T::parse(value.trim())) {
            Ok(value) => Some(value),
            Err(fault) => {
                faults.push(format!("{origin}: {fault}"));
                None
            }
        }
    }
}

impl Config {
    /// Finds every setting in `args`, the environment, the file that either names, or its default.
    ///
    /// # Errors
    ///
    /// [`Faults`] lists everything that is wrong: values, unknown keys, settings that contradict each other.
    pub fn resolve(args: &ServeArgs, environment: &dyn Fn(&str) -> Option<String>) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let path = args.config.clone().or_else(|| environment("PULLQUOTE_CONFIG").map(PathBuf::from));
        let file = path.map(|path| read_file(&path, &mut faults)).unwrap_or_default();
        let config = Self::read(&Sources { args, environment, file }, &mut faults);
        if let Some(config) = &config {
            config.contradictions(&mut faults);
        }
        match config {
            Some(config) if faults.is_empty() => Ok(config),
            _ => Err(Faults(faults)),
        }
    }

    /// Whether `args` or the environment asks to print the settings.
    #[must_use]
    pub fn print_asked(args: &ServeArgs, environment: &dyn Fn(&str) -> Option<String>) -> bool {
        args.print_config
            || environment("PULLQUOTE_PRINT_CONFIG").is_some_and(|value| matches!(value.as_str(), "1" | "true" | "yes"))
    }

    fn contradictions(&self, faults: &mut Vec<String>) {
        let mut require = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.to_owned());
            }
        };
        require(self.tls_cert.is_some() == self.tls_key.is_some(), "tls_cert and tls_key go together");
        require(self.tls_client_ca.is_none() || self.tls_cert.is_some(), "tls_client_ca asks for tls_cert and tls_key");
        require(!matches!(self.metrics_listen, Some(Endpoint::Unix(_))), "metrics_listen: expected HOST:PORT");
        for (name, count) in [
            ("max_calls", self.max_calls),
            ("max_items_per_stream", self.max_items_per_stream),
            ("max_connections", self.max_connections),
            ("max_streams_per_connection", self.max_streams_per_connection as usize),
            ("max_message_bytes", self.max_message_bytes.0),
            ("max_text_bytes", self.max_text_bytes.0),
            ("max_html_bytes", self.max_html_bytes.0),
        ] {
            require(count > 0, &format!("{name}: must be more than 0"));
        }
        for (name, time) in [
            ("first_byte_timeout", self.first_byte_timeout),
            ("idle_timeout", self.idle_timeout),
            ("call_timeout", self.call_timeout),
            ("keepalive_interval", self.keepalive_interval),
            ("keepalive_timeout", self.keepalive_timeout),
            ("max_connection_age", self.max_connection_age),
            ("reload_interval", self.reload_interval),
        ] {
            require(!time.is_zero(), &format!("{name}: must be more than 0"));
        }
        require(
            self.max_message_bytes <= self.max_call_bytes,
            "max_call_bytes: must be at least max_message_bytes, or the largest message never fits",
        );
        require(u32::try_from(self.max_call_bytes.0).is_ok(), "max_call_bytes: must be less than 4GiB");
        require(
            self.max_text_bytes < Bytes(i32::MAX as usize) && self.max_html_bytes < Bytes(i32::MAX as usize),
            "max_text_bytes and max_html_bytes: must be less than 2GiB, for offsets are int32",
        );
    }
}

/// The file's settings, their names written with `_`.
fn read_file(path: &std::path::Path, faults: &mut Vec<String>) -> toml::Table {
    let shown = path.display();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.push(format!("{shown}: {error}"));
            return toml::Table::new();
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            faults.push(format!("{shown}: {}", error.to_string().trim_end()));
            return toml::Table::new();
        }
    };
    let table: toml::Table = table.into_iter().map(|(name, value)| (name.replace('-', "_"), value)).collect();
    for name in table.keys().filter(|name| !NAMES.contains(&name.as_str())) {
        faults.push(format!("{shown}: unknown setting {name}"));
    }
    table
}

#[cfg(test)]
mod tests;
