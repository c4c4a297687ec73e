//! Calls over loopback against the floor: a bare tonic service that takes the same article and answers 400 bytes.
//!
//! `cargo bench --bench rpc` loads both the same way in the same run, each a process of its own, and prints calls a
//! second, processor time a call and latencies, with their ratios, and what large articles take of time and memory. The
//! load is that of the generated client, as services call, and shares the processors with the server: calls a second
//! count it, the processor time a call does not.
//! Rounds are short and alternate, so that a busy machine is busy for all of them; a ratio is the median of the rounds'.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark fails by panicking")]
#![expect(clippy::print_stdout, reason = "its table")]
#![expect(clippy::cast_precision_loss, reason = "nothing counted comes near 2^52")]

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use pullquote::grpc::pb::v1 as pb;
use tokio::time::sleep_until;
use tonic::transport::{Channel, Endpoint};

const CONNECTIONS: usize = 8;
const STREAMS: usize = 32;
const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(800);
/// Time enough to see a hundredth of the latencies.
const HALF_PEAK_ROUND: Duration = Duration::from_secs(3);
/// How often a large article is answered alone.
const LARGE_CALLS: usize = 7;
const WARM_UP: Duration = Duration::from_millis(500);
/// The kernel's clock ticks a second, as Linux shows them to every process.
const TICKS: f64 = 100.0;

#[path = "shared/article.rs"]
mod article;

const SMALL_BYTES: usize = 3_500;
const LARGE_BYTES: usize = (1 << 20) - 512;

struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// The floor: this very program, asked to be it.
    fn echo() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("RPC_BENCH_ECHO", "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { child, address: line.trim().parse().unwrap() }
    }

    /// The service, as it is served, log lines included.
    fn pullquote() -> Self {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_pullquote"))
            .args(["serve", "--listen", &free.to_string(), "--log-format", "json", "--drain-delay", "0s"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("\"serving\"") {
            line.clear();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended");
        }
        // Whoever collects the log lines reads them, too.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, address: free }
    }

    fn cpu_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
        let ticks: u64 = fields.iter().skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
        ticks as f64 / TICKS
    }

    /// The most memory it ever held resident, in MB, and what it holds now.
    fn memory_mb(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let value = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1e3
        };
        (value("VmHWM"), value("VmRSS"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// What a load came to.
#[derive(Clone, Default)]
struct Load {
    calls: u64,
    failed: u64,
    seconds: f64,
    cpu_seconds: f64,
    latencies_us: Vec<u32>,
}

impl Load {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.failed += other.failed;
        self.seconds += other.seconds;
        self.cpu_seconds += other.cpu_seconds;
        self.latencies_us.extend(other.latencies_us);
    }

    fn a_second(&self) -> f64 {
        self.calls as f64 / self.seconds
    }

    fn cpu_us(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.calls as f64
    }

    fn percentile_us(&mut self, percent: usize) -> u32 {
        self.latencies_us.sort_unstable();
        self.latencies_us.get(self.latencies_us.len() * percent / 100).copied().unwrap_or(0)
    }
}

type Client = pb::pullquote_service_client::PullquoteServiceClient<Channel>;

async fn connect(address: SocketAddr) -> Client {
    Client::new(Endpoint::from_shared(format!("http://{address}")).unwrap().connect().await.unwrap())
}

/// What is asked, again and again.
#[derive(Clone)]
enum Request {
    Summarize(pb::SummarizeRequest),
    ExtractQuotes(pb::ExtractQuotesRequest),
}

impl Request {
    fn summarize(text: &str) -> Self {
        Self::Summarize(pb::SummarizeRequest { document: Some(document(text)), ..Default::default() })
    }

    fn extract_quotes(text: &str) -> Self {
        Self::ExtractQuotes(pb::ExtractQuotesRequest { document: Some(document(text)), ..Default::default() })
    }
}

fn document(text: &str) -> pb::Document {
    pb::Document { content: Some(pb::document::Content::Text(text.to_owned())), ..pb::Document::default() }
}

/// Whether the call ended well.
async fn call(client: &mut Client, request: Request) -> bool {
    match request {
        Request::Summarize(request) => client.summarize(request).await.is_ok(),
        Request::ExtractQuotes(request) => client.extract_quotes(request).await.is_ok(),
    }
}

/// Every stream calls again as soon as it is answered; with a `rate`, calls begin at their times instead.
async fn load(server: &Server, request: &Request, time: Duration, rate: Option<f64>) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let failed = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    let (begin, cpu) = (Instant::now(), server.cpu_seconds());
    let pause = rate.map(|rate| Duration::from_secs_f64((CONNECTIONS * STREAMS) as f64 / rate));
    for connection in 0..CONNECTIONS {
        let client = connect(server.address).await;
        for stream in 0..STREAMS {
            let (mut client, request) = (client.clone(), request.clone());
            let (stop, failed) = (Arc::clone(&stop), Arc::clone(&failed));
            tasks.push(tokio::spawn(async move {
                let mut latencies = Vec::new();
                let share = (connection * STREAMS + stream) as f64 / (CONNECTIONS * STREAMS) as f64;
                let mut due = tokio::time::Instant::now() + pause.unwrap_or_default().mul_f64(share);
                while !stop.load(Ordering::Relaxed) {
                    let mut begin = Instant::now();
                    if let Some(pause) = pause {
                        sleep_until(due).await;
                        // A call that had to begin late has waited already.
                        begin = due.into_std();
                        due += pause;
                    }
                    if !call(&mut client, request.clone()).await {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                    latencies.push(u32::try_from(begin.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                latencies
            }));
        }
    }
    tokio::time::sleep(time).await;
    stop.store(true, Ordering::Relaxed);
    let (seconds, cpu_seconds) = (begin.elapsed().as_secs_f64(), server.cpu_seconds() - cpu);
    let mut load = Load { failed: failed.load(Ordering::Relaxed), seconds, cpu_seconds, ..Load::default() };
    for task in tasks {
        load.latencies_us.extend(task.await.unwrap());
    }
    load.calls = load.latencies_us.len() as u64;
    load
}

#[tokio::main]
async fn bench() {
    let (echo, pullquote) = (Server::echo(), Server::pullquote());
    let (_, idle_mb) = pullquote.memory_mb();
    let text = article::of_bytes(SMALL_BYTES);
    println!("{CONNECTIONS} connections x {STREAMS} streams, an article of {} bytes\n", text.len());
    let (summary, quotes) = (Request::summarize(&text), Request::extract_quotes(&text));
    small(&[
        ("echo (the floor)", &echo, &summary),
        ("Summarize", &pullquote, &summary),
        ("ExtractQuotes", &pullquote, &quotes),
    ])
    .await;
    let text = article::of_bytes(LARGE_BYTES);
    println!("\nan article of {} bytes, alone", text.len());
    let summary = Request::summarize(&text);
    large(&pullquote, "Summarize", &summary).await;
    large(&pullquote, "ExtractQuotes", &Request::extract_quotes(&text)).await;
    let mut calls = Vec::new();
    for _ in 0..64 {
        let summary = summary.clone();
        let mut client = connect(pullquote.address).await;
        calls.push(tokio::spawn(async move { call(&mut client, summary).await }));
    }
    let mut answered = 0;
    for call in calls {
        answered += u32::from(call.await.unwrap());
    }
    let (peak_mb, _) = pullquote.memory_mb();
    println!(
        "\nmemory: idle {idle_mb:.0} MB; 64 calls of 1 MiB at once: {answered} answered, the others refused, peak over \
         idle {:.0} MB",
        peak_mb - idle_mb
    );
}

/// Loads the floor, which comes first, and the service with small articles, and prints what they reach.
async fn small(cases: &[(&str, &Server, &Request)]) {
    let mut peaks = vec![Load::default(); cases.len()];
    let mut shares = vec![Vec::new(); cases.len()];
    for (_, server, request) in cases {
        load(server, request, WARM_UP, None).await;
    }
    for _ in 0..ROUNDS {
        let mut floor = 0.0;
        for (at, (_, server, request)) in cases.iter().enumerate() {
            let round = load(server, request, ROUND, None).await;
            floor = if at == 0 { round.a_second() } else { floor };
            shares[at].push(100.0 * round.a_second() / floor);
            peaks[at].add(round);
        }
    }
    println!(
        "{:18} {:>9} {:>9} {:>12} {:>9} | at half the peak: {:>7} {:>7} {:>8}",
        "", "calls/s", "of floor", "cpu us/call", "of floor", "p50 us", "p99 us", "p99/p50"
    );
    let floor_cpu = peaks[0].cpu_us();
    for ((peak, shares), (name, server, request)) in peaks.iter().zip(&mut shares).zip(cases) {
        let mut half = load(server, request, HALF_PEAK_ROUND, Some(peak.a_second() / 2.0)).await;
        let (p50, p99) = (half.percentile_us(50), half.percentile_us(99));
        println!(
            "{name:18} {:>9.0} {:>8.0}% {:>12.1} {:>8.0}% |                   {p50:>7} {p99:>7} {:>8.1}",
            peak.a_second(),
            median(shares),
            peak.cpu_us(),
            100.0 * floor_cpu / peak.cpu_us(),
            f64::from(p99) / f64::from(p50),
        );
        assert_eq!((peak.failed, half.failed), (0, 0), "{name}: calls failed");
    }
}

/// Answers a large article several times, one after the other, and prints how long that takes.
async fn large(server: &Server, name: &str, request: &Request) {
    let mut client = connect(server.address).await;
    let mut times_ms = Vec::new();
    for _ in 0..LARGE_CALLS {
        let begin = Instant::now();
        assert!(call(&mut client, request.clone()).await, "{name}: a call failed");
        times_ms.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    let least = times_ms.iter().copied().fold(f64::MAX, f64::min);
    println!("{name:18} median {:.1} ms, least {least:.1} ms", median(&mut times_ms));
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Stock tonic, nothing around it.
#[tokio::main]
async fn serve_echo() {
    use pb::pullquote_service_server::{PullquoteService, PullquoteServiceServer};
    use tonic::{Response, Status, Streaming};

    struct Echo(String);

    #[tonic::async_trait]
    impl PullquoteService for Echo {
        type SummarizeStreamStream = tokio_stream::Empty<Result<pb::SummarizeStreamResponse, Status>>;
        type ExtractQuotesStreamStream = tokio_stream::Empty<Result<pb::ExtractQuotesStreamResponse, Status>>;

        async fn summarize(
            &self,
            _: tonic::Request<pb::SummarizeRequest>,
        ) -> Result<Response<pb::SummarizeResponse>, Status> {
            Ok(Response::new(pb::SummarizeResponse { summary: self.0.clone(), ..Default::default() }))
        }

        async fn extract_quotes(
            &self,
            _: tonic::Request<pb::ExtractQuotesRequest>,
        ) -> Result<Response<pb::ExtractQuotesResponse>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn summarize_stream(
            &self,
            _: tonic::Request<Streaming<pb::SummarizeStreamRequest>>,
        ) -> Result<Response<Self::SummarizeStreamStream>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn extract_quotes_stream(
            &self,
            _: tonic::Request<Streaming<pb::ExtractQuotesStreamRequest>>,
        ) -> Result<Response<Self::ExtractQuotesStreamStream>, Status> {
            Err(Status::unimplemented(""))
        }
    }

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    tonic::transport::Server::builder()
        .add_service(PullquoteServiceServer::new(Echo("e".repeat(400))))
        .serve_with_incoming(tonic::transport::server::TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await
        .unwrap();
}

fn main() {
    if std::env::var_os("RPC_BENCH_ECHO").is_some() {
        serve_echo();
    } else {
        bench();
    }
}
