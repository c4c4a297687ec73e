//! What Prometheus reads: names by OpenTelemetry's RPC conventions where they have one.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::ConstGauge, histogram::Histogram},
    registry::{Registry, Unit},
};

const LATENCY_SECONDS: [f64; 16] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const COMPUTE_SECONDS: [f64; 14] =
    [1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.1, 0.5, 2.5];
const ARTICLE_BYTES: [f64; 9] =
    [256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0, 2_097_152.0, 4_194_304.0];

type Histograms<L> = Family<L, Histogram, fn() -> Histogram>;

/// What the service counts.
pub struct Metrics {
    registry: Registry,
    calls: Histograms<CallLabels>,
    refused: Family<ReasonLabels, Counter>,
    items: Family<CallLabels, Counter>,
    articles: Histograms<MethodLabels>,
    stages: Histograms<StageLabels>,
    /// Calls that began and have not ended.
    pub in_flight: Level,
    /// Open connections.
    pub connections: Level,
}

/// A number that goes up and down.
#[derive(Clone, Debug, Default)]
pub struct Level(Arc<AtomicU64>);

impl Level {
    /// One more.
    pub fn up(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// One less.
    pub fn down(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A stage of a call's computing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Reading the article into paragraphs, sentences and tokens.
    Read,
    /// Picking sentences.
    Summarize,
    /// Finding quotes.
    ExtractQuotes,
    /// Making the response.
    Respond,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Summarize => "summarize",
            Self::ExtractQuotes => "extract_quotes",
            Self::Respond => "respond",
        }
    }
}

#[expect(clippy::struct_field_names, reason = "the convention's names")]
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    rpc_system_name: &'static str,
    rpc_method: &'static str,
    rpc_response_status_code: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MethodLabels {
    rpc_method: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StageLabels {
    stage: &'static str,
}

/// Numbers that are read when asked for: a name, its help and how to read it.
pub type Reading = (&'static str, &'static str, Box<dyn Fn() -> f64 + Send + Sync>);

impl Metrics {
    /// With `readings` beside what the calls themselves count.
    #[must_use]
    pub fn new(readings: Vec<Reading>) -> Self {
        let calls = Histograms::new_with_constructor(|| Histogram::new(LATENCY_SECONDS));
        let articles = Histograms::new_with_constructor(|| Histogram::new(ARTICLE_BYTES));
        let stages = Histograms::new_with_constructor(|| Histogram::new(COMPUTE_SECONDS));
        let (refused, items) = (Family::default(), Family::default());
        let (in_flight, connections) = (Level::default(), Level::default());
        let mut registry = Registry::default();
        registry.register_with_unit(
            "rpc_server_call_duration",
            "Calls by method and status code, from their first byte to their last",
            Unit::Seconds,
            calls.clone(),
        );
        registry.register("pullquote_refused", "Calls turned away, by reason", refused.clone());
        registry.register("pullquote_stream_items", "Items of streams by method and status code", items.clone());
        registry.register_with_unit("pullquote_article_size", "Articles by size", Unit::Bytes, articles.clone());
        registry.register_with_unit("pullquote_stage_duration", "Computing by stage", Unit::Seconds, stages.clone());
        let mut readings = readings;
        let level = |name, help, level: &Level| -> Reading {
            let level = level.clone();
            #[expect(clippy::cast_precision_loss, reason = "no level comes near 2^52")]
            (name, help, Box::new(move || level.count() as f64))
        };
        readings.push(level("pullquote_calls_in_flight", "Calls that began and have not ended", &in_flight));
        readings.push(level("pullquote_connections", "Open connections", &connections));
        registry.register_collector(Box::new(Readings(readings)));
        Self { registry, calls, refused, items, articles, stages, in_flight, connections }
    }

    /// A call ended. `system` is the protocol it came by, as OpenTelemetry names it: `grpc` or `connectrpc`.
    pub fn call(&self, system: &'static str, method: &'static str, code: &'static str, elapsed: Duration) {
        self.calls.get_or_create(&labels(system, method, code)).observe(elapsed.as_secs_f64());
    }

    /// A stream answered an item.
    pub fn item(&self, method: &'static str, code: &'static str) {
        self.items.get_or_create(&labels("grpc", method, code)).inc();
    }

    /// A call was turned away.
    pub fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&ReasonLabels { reason }).inc();
    }

    /// An article came in.
    pub fn article(&self, method: &'static str, bytes: usize) {
        #[expect(clippy::cast_precision_loss, reason = "no article comes near 2^52 bytes")]
        self.articles.get_or_create(&MethodLabels { rpc_method: method }).observe(bytes as f64);
    }

    /// Does a stage of its computing.
    pub fn timed<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let result = work();
        let elapsed = begin.elapsed().as_secs_f64();
        self.stages.get_or_create(&StageLabels { stage: stage.name() }).observe(elapsed);
        result
    }

    /// All of it, in `OpenMetrics` text.
    ///
    /// # Errors
    ///
    /// None in practice: writing to a string cannot fail.
    pub fn encode(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

fn labels(system: &'static str, method: &'static str, code: &'static str) -> CallLabels {
    CallLabels { rpc_system_name: system, rpc_method: method, rpc_response_status_code: code }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

struct Readings(Vec<Reading>);

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings").finish_non_exhaustive()
    }
}

impl prometheus_client::collector::Collector for Readings {
    fn encode(&self, mut encoder: prometheus_client::encoding::DescriptorEncoder<'_>) -> fmt::Result {
        use prometheus_client::encoding::EncodeMetric as _;
        for (name, help, read) in &self.0 {
            let gauge = ConstGauge::new(read());
            let metric = encoder.encode_descriptor(name, help, None, gauge.metric_type())?;
            gauge.encode(metric)?;
        }
        Ok(())
    }
}
