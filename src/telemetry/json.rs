//! How a log line looks as JSON: one flat object, its fields as they were given.
//!
//! Every call writes one, so it is written straight into the line: the general serializer takes several times as long, a
//! twentieth of a small article's time.

use std::fmt::{self, Debug, Display};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormatEvent, FormatFields,
        format::Writer,
        time::{FormatTime as _, SystemTime},
    },
    registry::LookupSpan,
};

/// Writes an event as an object of its time, its level, its fields and where it comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Json;

impl<S, N> FormatEvent<S, N> for Json
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut line: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let metadata = event.metadata();
        line.write_str("{\"timestamp\":\"")?;
        SystemTime.format_time(&mut line)?;
        line.write_str("\",\"level\":\"")?;
        line.write_str(metadata.level().as_str())?;
        line.write_str("\"")?;
        let mut fields = Fields { line: &mut line, written: Ok(()) };
        event.record(&mut fields);
        fields.string("target", metadata.target());
        fields.written?;
        line.write_str("}\n")
    }
}

/// The fields of an event, each written after those before it.
struct Fields<'l, 'w> {
    line: &'l mut Writer<'w>,
    written: fmt::Result,
}

impl Fields<'_, '_> {
    fn field(&mut self, name: &str, write: impl FnOnce(&mut Writer<'_>) -> fmt::Result) {
        let line = &mut *self.line;
        let mut written = || {
            line.write_str(",\"")?;
            line.write_str(name)?;
            line.write_str("\":")
        };
        self.written = self.written.and_then(|()| written()).and_then(|()| write(self.line));
    }

    /// A value whose text is JSON already.
    fn plain(&mut self, name: &str, value: impl Display) {
        self.field(name, |line| write!(line, "{value}"));
    }

    fn string(&mut self, name: &str, value: &str) {
        self.field(name, |line| quoted(line, value));
    }
}

impl Visit for Fields<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.string(field.name(), &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.string(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.plain(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.plain(field.name(), value);
        } else {
            self.field(field.name(), |line| line.write_str("null"));
        }
    }
}

/// A string with what JSON does not take as it is escaped.
fn quoted(line: &mut Writer<'_>, value: &str) -> fmt::Result {
    let is_plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if value.bytes().all(is_plain) {
        line.write_str("\"")?;
        line.write_str(value)?;
        return line.write_str("\"");
    }
    line.write_str(&serde_json::to_string(value).map_err(|_| fmt::Error)?)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{fmt::MakeWriter, layer::SubscriberExt as _, registry::Registry};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Written {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn a_line_is_an_object_of_its_fields() {
        let written = Written::default();
        let layer = tracing_subscriber::fmt::layer().event_format(Json).with_writer(written.clone());
        let (none, error): (Option<&str>, _) = (None, io::Error::other("no \"room\"\n"));
        tracing::subscriber::with_default(Registry::default().with(layer), || {
            tracing::info!(
                text = "a \\ b\u{1}é",
                count = 3,
                less = -1,
                share = 0.5,
                none_at_all = f64::NAN,
                is = true,
                none,
                %error,
                "a {} line",
                "told"
            );
            tracing::warn!("another");
        });
        let written = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        let lines: Vec<serde_json::Value> = written.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let timestamp = lines[0]["timestamp"].as_str().unwrap();
        assert!(timestamp.starts_with("20") && timestamp.ends_with('Z'), "{timestamp}");
        assert_eq!(
            lines[0],
            serde_json::json!({
                "timestamp": timestamp, "level": "INFO", "message": "a told line", "text": "a \\ b\u{1}é", "count": 3, "less": -1,
                "share": 0.5, "none_at_all": null, "is": true, "error": "no \"room\"\n", "target": module_path!(),
            })
        );
        assert_eq!((&lines[1]["level"], &lines[1]["message"], lines.len()), (&"WARN".into(), &"another".into(), 2));
    }
}
