//! The transport around the service: connections, TLS, health, reflection, metrics, drain.
//!
//! [`serve`] takes a bound listener and a future that says when to stop, so that the binary and the tests run the same
//! program. A request passes `accept` (a connection, TLS), `connection` (its times), `web` (what browsers ask for), `calls` (deadline, panic, metrics,
//! log line), `routes`, and then [`crate::grpc`].

#![warn(clippy::indexing_slicing, clippy::string_slice)]

mod accept;
mod api_keys;
mod calls;
mod connect;
mod connection;
mod drain;
mod health;
mod playground;
mod probe;
mod protocol;
mod reload;
mod routes;
mod scrape;
mod tls;
mod web;

use std::{future::Future, io, num::NonZero, process::ExitCode, sync::Arc, thread, time::Duration};

use tokio::{net::TcpListener, signal::unix};

pub use accept::{Listener, UnixPath};
pub(crate) use probe::endpoint;
pub use probe::{ProbeArgs, probe, run_probe};

use accept::Acceptor;
use api_keys::ApiKeys;
use calls::{RequestIds, Shared};
use connection::Connections;
use drain::{Drain, Phase};
use reload::Reloadable;
use routes::Routes;
use tls::Certificates;
use web::Offer;

use crate::{
    config::{Config, EXIT_BAD_CONFIGURATION, Endpoint, Faults, ServeArgs},
    grpc::{
        admission::{Admission, Bounds},
        compute::Compute,
        convert::Limits,
        service::Pullquote,
    },
    telemetry::{
        self,
        metrics::{Metrics, Reading},
    },
};

/// Where a server listens.
#[derive(Debug)]
pub struct Listeners {
    /// For calls.
    pub grpc: Listener,
    /// For whoever reads the metrics.
    pub metrics: Option<TcpListener>,
}

/// A server, ready to serve: certificates and keys are read, threads started.
#[derive(Debug)]
pub struct Server {
    config: Arc<Config>,
    acceptor: Arc<Acceptor>,
    reloadable: Reloadable,
    metrics: Arc<Metrics>,
    drain: Drain,
}

impl Server {
    /// Reads the files that `config` names and starts the threads that compute.
    ///
    /// # Errors
    ///
    /// Every file that cannot be read, and why.
    pub fn new(config: Config) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let certificates = Certificates::load(&config).unwrap_or_else(|fault| {
            faults.push(fault);
            None
        });
        let api_keys = config.api_keys.as_deref().and_then(|path| match ApiKeys::load(path) {
            Ok(keys) => Some(Arc::new(keys)),
            Err(fault) => {
                faults.push(fault);
                None
            }
        });
        if !faults.is_empty() {
            return Err(Faults(faults));
        }
        let fault = |fault: String| Faults(vec![fault]);
        let config = Arc::new(config);
        let certificates = certificates.map(Arc::new);
        let drain = Drain::new();
        let admission = Admission::new(Bounds {
            max_calls: config.max_calls,
            max_waiting_calls: config.max_waiting_calls,
            max_bytes: config.max_call_bytes.0,
            retry_after: config.retry_pushback,
        });
        let compute =
            Compute::start(or_cores(config.compute_threads), or_cores(config.io_threads), config.in_place_bytes.0)
                .map_err(|error| fault(format!("cannot start the threads that compute: {error}")))?;
        let compute = Arc::new(compute);
        let metrics = Arc::new(Metrics::new(readings(&admission, &compute)));
        let pullquote = Pullquote {
            limits: limits(&config),
            max_message_bytes: config.max_message_bytes.0,
            max_items_per_stream: config.max_items_per_stream,
            admission: Arc::clone(&admission),
            compute: Arc::clone(&compute),
            metrics: Arc::clone(&metrics),
            draining: drain.signal(),
        };
        let shared = Arc::new(Shared {
            routes: Routes::new(pullquote, drain.clone(), config.reflection).map_err(fault)?,
            admission,
            compute,
            metrics: Arc::clone(&metrics),
            drain: drain.clone(),
            api_keys: api_keys.clone(),
            call_timeout: config.call_timeout,
            max_message_bytes: config.max_message_bytes.0,
            request_ids: RequestIds::default(),
            traced: config.otlp_endpoint.is_some(),
        });
        let acceptor = Arc::new(Acceptor {
            connections: Connections::new(&config),
            certificates: certificates.clone(),
            shared,
            offer: Arc::new(Offer::new(&config.cors_origins, config.playground)),
            max_connections: config.max_connections,
            first_byte_timeout: config.first_byte_timeout,
            max_age: config.max_connection_age,
            age_jitter: config.connection_age_jitter,
        });
        let reloadable = Reloadable { config: Arc::clone(&config), certificates, api_keys };
        Ok(Self { config, acceptor, reloadable, metrics, drain })
    }

    /// Serves until `shutdown` resolves, then drains.
    pub async fn serve(self, listeners: Listeners, shutdown: impl Future<Output = ()>) {
        let scrape = async {
            match listeners.metrics {
                Some(listener) => scrape::serve(listener, self.metrics).await,
                None => std::future::pending().await,
            }
        };
        let accept = self.acceptor.accept(listeners.grpc, self.drain.clone());
        let leave = async {
            shutdown.await;
            tracing::info!(delay_ms = millis(self.config.drain_delay), "leaving: health says NOT_SERVING");
            self.drain.enter(Phase::Leaving);
            tokio::time::sleep(self.config.drain_delay).await;
            tracing::info!(in_flight = self.drain.in_flight(), "draining");
            self.drain.enter(Phase::Draining);
        };
        let serving = async {
            let (mut open, ()) = tokio::join!(accept, leave);
            let finished = async {
                self.drain.finished().await;
                // The last answers may be on their way still. A peer that takes none of them is left by its connection.
                while open.join_next().await.is_some() {}
            };
            if tokio::time::timeout(self.config.drain_timeout, finished).await.is_err() {
                tracing::warn!(in_flight = self.drain.in_flight(), "the drain's time is over, calls are cut off");
            }
        };
        tokio::select! {
            () = serving => tracing::info!("drained"),
            () = scrape => {}
            () = self.reloadable.watch() => {}
        }
    }
}

/// Serves with `config` on `listeners` until `shutdown` resolves, then drains.
///
/// # Errors
///
/// [`Faults`] when files that `config` names cannot be read.
pub async fn serve(listeners: Listeners, config: Config, shutdown: impl Future<Output = ()>) -> Result<(), Faults> {
    Server::new(config)?.serve(listeners, shutdown).await;
    Ok(())
}

/// Runs `pullquote serve` until SIGTERM or SIGINT; the second of them ends it at once. `print` shows what
/// `--print-config` asks for, `complain` each fault.
#[must_use]
pub fn run(args: &ServeArgs, print: impl Fn(&str), complain: impl Fn(&str)) -> ExitCode {
    let environment = |name: &str| std::env::var(name).ok();
    let config = match Config::resolve(args, &environment) {
        Ok(config) => config,
        Err(faults) => {
            return complained(ExitCode::from(EXIT_BAD_CONFIGURATION), &faults.0, complain);
        }
    };
    if Config::print_asked(args, &environment) {
        print(&config.to_toml());
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(or_cores(config.io_threads))
        .thread_name("io")
        .enable_all()
        .build();
    let result = match runtime {
        Ok(runtime) => {
            let result = runtime.block_on(until_signalled(config));
            runtime.shutdown_timeout(Duration::ZERO);
            result
        }
        Err(error) => Err((ExitCode::FAILURE, vec![format!("cannot start: {error}")])),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, faults)) => complained(code, &faults, complain),
    }
}

fn complained(code: ExitCode, faults: &[String], complain: impl Fn(&str)) -> ExitCode {
    for fault in faults {
        complain(fault);
    }
    code
}

async fn until_signalled(config: Config) -> Result<(), (ExitCode, Vec<String>)> {
    let bad_configuration = |faults| (ExitCode::from(EXIT_BAD_CONFIGURATION), faults);
    let failed = |fault: String| (ExitCode::FAILURE, vec![fault]);
    let _flush = telemetry::trace::start(&config).map_err(|fault| bad_configuration(vec![fault]))?;
    let (grpc_at, metrics_at) = (config.listen.clone(), config.metrics_listen.clone());
    let server = Server::new(config).map_err(|Faults(faults)| bad_configuration(faults))?;
    let deaf = |error| failed(format!("cannot listen for signals: {error}"));
    let (mut shutdown, mut signals) = (Signals::listen().map_err(deaf)?, Signals::listen().map_err(deaf)?);
    let handed_over = Listener::handed_over().map_err(|error| failed(format!("the socket handed over: {error}")))?;
    let grpc = match handed_over {
        Some(listener) => listener,
        None => Listener::bind(&grpc_at).await.map_err(|error| failed(format!("listen: {error}: {grpc_at}")))?,
    };
    let metrics = match &metrics_at {
        Some(Endpoint::Tcp(address)) => {
            let bound = TcpListener::bind(address).await;
            Some(bound.map_err(|error| failed(format!("metrics_listen: {error}: {address}")))?)
        }
        _ => None,
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), listen = grpc.shown(), "serving");
    let asked_twice = async {
        signals.next().await;
        signals.next().await;
    };
    tokio::select! {
        () = server.serve(Listeners { grpc, metrics }, shutdown.next()) => {}
        () = asked_twice => tracing::warn!("asked twice to end: calls in flight are cut off"),
    }
    Ok(())
}

/// SIGTERM and SIGINT.
struct Signals {
    terminate: unix::Signal,
    interrupt: unix::Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let terminate = unix::signal(unix::SignalKind::terminate())?;
        Ok(Self { terminate, interrupt: unix::signal(unix::SignalKind::interrupt())? })
    }

    /// Waits for one of them.
    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn limits(config: &Config) -> Limits {
    Limits {
        text_bytes: config.max_text_bytes.0,
        html_bytes: config.max_html_bytes.0,
        title_bytes: config.max_title_bytes.0,
        query_bytes: config.max_query_bytes.0,
        id_bytes: config.max_id_bytes.0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no count comes near 2^52")]
fn readings(admission: &Arc<Admission>, compute: &Arc<Compute>) -> Vec<Reading> {
    fn of<T: Send + Sync + 'static>(
        name: &'static str,
        help: &'static str,
        from: &Arc<T>,
        read: fn(&T) -> usize,
    ) -> Reading {
        let from = Arc::clone(from);
        (name, help, Box::new(move || read(&from) as f64))
    }
    vec![
        of("pullquote_calls_working", "Calls and items that are worked on", admission, Admission::working),
        of("pullquote_calls_waiting", "Calls that wait for their turn", admission, Admission::waiting),
        of("pullquote_call_bytes", "Bytes that calls and items hold", admission, Admission::held_bytes),
        of("pullquote_compute_threads", "Threads for large articles", compute, Compute::threads),
        of("pullquote_compute_threads_busy", "Of these, how many compute", compute, Compute::busy),
        of("pullquote_compute_queue", "Large articles that wait for a thread", compute, Compute::queued),
    ]
}

/// `count`, or for 0 as many as there are cores.
fn or_cores(count: usize) -> usize {
    if count > 0 { count } else { thread::available_parallelism().map_or(1, NonZero::get) }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
