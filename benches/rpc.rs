//! Calls over loopback against the floor: a bare tonic service that takes the same article and answers 400 bytes.
//!
//! `cargo bench --bench rpc` loads both the same way in the same run, each a process of its own, and prints calls a
//! second, processor time a call and latencies, with their ratios, and what large articles take of time and memory.
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

use bytes::{BufMut as _, Bytes, BytesMut};
use pullquote::grpc::pb::v1 as pb;
use tokio::{net::TcpStream, time::sleep_until};

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

type Requests = h2::client::SendRequest<Bytes>;

async fn connect(address: SocketAddr) -> Requests {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (requests, connection) = h2::client::Builder::new()
        .initial_window_size(1 << 20)
        .initial_connection_window_size(8 << 20)
        .handshake(socket)
        .await
        .unwrap();
    tokio::spawn(connection);
    requests
}

/// Whether the call ended well.
async fn call(requests: &mut Requests, path: &str, body: Bytes) -> bool {
    let request = http::Request::post(format!("http://localhost{path}"))
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(())
        .unwrap();
    let Ok(mut ready) = requests.clone().ready().await else { return false };
    let (response, mut sending) = ready.send_request(request, false).unwrap();
    sending.send_data(body, true).unwrap();
    let Ok(response) = response.await else { return false };
    let mut body = response.into_body();
    while let Some(Ok(data)) = body.data().await {
        body.flow_control().release_capacity(data.len()).unwrap();
    }
    body.trailers().await.ok().flatten().is_some_and(|trailers| trailers["grpc-status"] == "0")
}

/// Every stream calls again as soon as it is answered; with a `rate`, calls begin at their times instead.
async fn load(server: &Server, path: &'static str, body: &Bytes, time: Duration, rate: Option<f64>) -> Load {
    let stop = Arc::new(AtomicBool::new(false));
    let failed = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    let (begin, cpu) = (Instant::now(), server.cpu_seconds());
    let pause = rate.map(|rate| Duration::from_secs_f64((CONNECTIONS * STREAMS) as f64 / rate));
    for connection in 0..CONNECTIONS {
        let requests = connect(server.address).await;
        for stream in 0..STREAMS {
            let (mut requests, body) = (requests.clone(), body.clone());
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
                    if !call(&mut requests, path, body.clone()).await {
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

fn framed(message: &impl prost::Message) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.encoded_len()).unwrap());
    message.encode(&mut frame).unwrap();
    frame.freeze()
}

fn document(text: String) -> pb::Document {
    pb::Document { content: Some(pb::document::Content::Text(text)), ..pb::Document::default() }
}

const SUMMARIZE: &str = "/pullquote.v1.PullquoteService/Summarize";
const EXTRACT_QUOTES: &str = "/pullquote.v1.PullquoteService/ExtractQuotes";

fn summarize(text: String) -> Bytes {
    framed(&pb::SummarizeRequest { document: Some(document(text)), ..Default::default() })
}

fn extract_quotes(text: String) -> Bytes {
    framed(&pb::ExtractQuotesRequest { document: Some(document(text)), ..Default::default() })
}

#[tokio::main]
async fn bench() {
    let (echo, pullquote) = (Server::echo(), Server::pullquote());
    let (_, idle_mb) = pullquote.memory_mb();
    let text = article::of_bytes(SMALL_BYTES);
    println!("{CONNECTIONS} connections x {STREAMS} streams, an article of {} bytes\n", text.len());
    let (summary, quotes) = (summarize(text.clone()), extract_quotes(text));
    small(&[
        ("echo (the floor)", &echo, SUMMARIZE, &summary),
        ("Summarize", &pullquote, SUMMARIZE, &summary),
        ("ExtractQuotes", &pullquote, EXTRACT_QUOTES, &quotes),
    ])
    .await;
    let text = article::of_bytes(LARGE_BYTES);
    println!("\nan article of {} bytes, alone", text.len());
    large(&pullquote, "Summarize", SUMMARIZE, &summarize(text.clone())).await;
    large(&pullquote, "ExtractQuotes", EXTRACT_QUOTES, &extract_quotes(text.clone())).await;
    let text = summarize(text);
    let mut calls = Vec::new();
    for _ in 0..64 {
        let text = text.clone();
        let mut requests = connect(pullquote.address).await;
        calls.push(tokio::spawn(async move { call(&mut requests, SUMMARIZE, text).await }));
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
async fn small(cases: &[(&str, &Server, &'static str, &Bytes)]) {
    let mut peaks = vec![Load::default(); cases.len()];
    let mut shares = vec![Vec::new(); cases.len()];
    for (_, server, path, body) in cases {
        load(server, path, body, WARM_UP, None).await;
    }
    for _ in 0..ROUNDS {
        let mut floor = 0.0;
        for (at, (_, server, path, body)) in cases.iter().enumerate() {
            let round = load(server, path, body, ROUND, None).await;
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
    for ((peak, shares), (name, server, path, body)) in peaks.iter().zip(&mut shares).zip(cases) {
        let mut half = load(server, path, body, HALF_PEAK_ROUND, Some(peak.a_second() / 2.0)).await;
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
async fn large(server: &Server, name: &str, path: &str, body: &Bytes) {
    let mut requests = connect(server.address).await;
    let mut times_ms = Vec::new();
    for _ in 0..LARGE_CALLS {
        let begin = Instant::now();
        assert!(call(&mut requests, path, body.clone()).await, "{name}: a call failed");
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
    use tonic::{Request, Response, Status, Streaming};

    struct Echo(String);

    #[tonic::async_trait]
    impl PullquoteService for Echo {
        type SummarizeStreamStream = tokio_stream::Empty<Result<pb::SummarizeStreamResponse, Status>>;
        type ExtractQuotesStreamStream = tokio_stream::Empty<Result<pb::ExtractQuotesStreamResponse, Status>>;

        async fn summarize(&self, _: Request<pb::SummarizeRequest>) -> Result<Response<pb::SummarizeResponse>, Status> {
            Ok(Response::new(pb::SummarizeResponse { summary: self.0.clone(), ..Default::default() }))
        }

        async fn extract_quotes(
            &self,
            _: Request<pb::ExtractQuotesRequest>,
        ) -> Result<Response<pb::ExtractQuotesResponse>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn summarize_stream(
            &self,
            _: Request<Streaming<pb::SummarizeStreamRequest>>,
        ) -> Result<Response<Self::SummarizeStreamStream>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn extract_quotes_stream(
            &self,
            _: Request<Streaming<pb::ExtractQuotesStreamRequest>>,
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
