//! Log lines, and spans for whoever collects them.

use std::io::IsTerminal as _;

use http::HeaderMap;
use opentelemetry::{propagation::TextMapPropagator as _, trace::TracerProvider as _};
use opentelemetry_otlp::{WithExportConfig as _, WithTonicConfig as _};
use opentelemetry_sdk::{Resource, propagation::TraceContextPropagator, trace::SdkTracerProvider};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{Layer as _, filter::Targets, layer::SubscriberExt as _, registry::Registry};

use super::{json::Json, lines};
use crate::config::{Config, LogFormat};

/// Sends what is still to be sent when dropped.
#[derive(Debug)]
pub struct Flush {
    provider: Option<SdkTracerProvider>,
    _writer: lines::Writer,
}

impl Drop for Flush {
    fn drop(&mut self) {
        if let Some(provider) = &self.provider
            && let Err(error) = provider.shutdown()
        {
            tracing::warn!(%error, "the last spans could not be sent");
        }
    }
}

/// Starts logging to standard error, and sending spans where a collector is set. Call it once, inside the runtime.
///
/// # Errors
///
/// What is wrong with the settings, in words.
pub fn start(config: &Config) -> Result<Flush, String> {
    let json = match config.log_format {
        LogFormat::Auto => !std::io::stderr().is_terminal(),
        LogFormat::Text => false,
        LogFormat::Json => true,
    };
    let (lines, writer) = lines::start(std::io::stderr()).map_err(|error| error.to_string())?;
    let lines = tracing_subscriber::fmt::layer().with_writer(lines).with_ansi(std::io::stderr().is_terminal());
    let lines = if json { lines.event_format(Json).boxed() } else { lines.boxed() };
    let lines = lines.with_filter(config.log_level.0.clone());
    let provider = config.otlp_endpoint.as_deref().map(|endpoint| exporter(config, endpoint)).transpose()?;
    let spans = provider.as_ref().map(|provider| {
        tracing_opentelemetry::layer()
            .with_tracer(provider.tracer("pullquote"))
            .with_filter(Targets::new().with_target("pullquote", tracing::Level::INFO))
    });
    let subscriber = Registry::default().with(lines).with(spans);
    tracing::subscriber::set_global_default(subscriber).map_err(|error| error.to_string())?;
    Ok(Flush { provider, _writer: writer })
}

fn exporter(config: &Config, endpoint: &str) -> Result<SdkTracerProvider, String> {
    let mut metadata = tonic::metadata::MetadataMap::new();
    for header in config.otlp_headers.reveal().split(',').filter(|header| !header.trim().is_empty()) {
        let fault = || "otlp_headers: expected NAME=VALUE, parted by commas".to_owned();
        let (name, value) = header.split_once('=').ok_or_else(fault)?;
        let name = tonic::metadata::AsciiMetadataKey::from_bytes(name.trim().as_bytes()).map_err(|_| fault())?;
        metadata.insert(name, value.trim().parse().map_err(|_| fault())?);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .with_metadata(metadata)
        .build()
        .map_err(|error| format!("otlp_endpoint: {error}"))?;
    let resource = Resource::builder().with_service_name("pullquote").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Makes `span` a child of the caller's, where the headers name one (W3C `traceparent`).
pub(crate) fn adopt(span: &tracing::Span, headers: &HeaderMap) {
    if !headers.contains_key("traceparent") {
        return;
    }
    let parent = TraceContextPropagator::new().extract(&Headers(headers));
    if let Err(error) = span.set_parent(parent) {
        tracing::debug!(%error, "the caller's span could not be taken up");
    }
}

/// The caller's trace id, where the headers name one.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let version = parts.next()?;
    let trace_id = parts.next()?;
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let sound = version.len() == 2 && version != "ff" && is_hex(version) && trace_id.len() == 32 && is_hex(trace_id);
    (sound && trace_id.bytes().any(|byte| byte != b'0')).then_some(trace_id)
}

struct Headers<'a>(&'a HeaderMap);

impl opentelemetry::propagation::Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_id_is_read_from_a_sound_header_only() {
        let id = "0af7651916cd43dd8448eb211c80319c";
        for (header, expected) in [
            (format!("00-{id}-b7ad6b7169203331-01"), Some(id)),
            (format!("ff-{id}-b7ad6b7169203331-01"), None),
            (format!("00-{}-b7ad6b7169203331-01", "0".repeat(32)), None),
            (format!("00-{}-b7ad6b7169203331-01", id.to_uppercase()), None),
            ("00-short-b7ad6b7169203331-01".to_owned(), None),
            (String::new(), None),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = header.parse() {
                headers.insert("traceparent", value);
            }
            assert_eq!(trace_id(&headers), expected, "{header}");
        }
    }
}
