//! Callers that cost next to nothing, for `tests/soak/soak`: what is measured is the service.
//!
//! Messages are encoded once and calls are HTTP/2 frames, on one thread. With `--rate` calls begin at their times, whatever
//! becomes of those before them, as when many callers know nothing of each other; with `--callers` each of so many calls again
//! as soon as it is answered. Prints one line of JSON: seconds, and for each code its count and its latencies in milliseconds.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a measurement fails by panicking")]
#![expect(clippy::print_stdout, reason = "its figures")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
    time::Duration,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use clap::Parser;
use prost::Message as _;
use pullquote::grpc::pb::v1 as pb;
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};

/// Calls begin in batches so far apart.
const BEAT: Duration = Duration::from_millis(1);
/// A call that has no answer by then has none.
const PATIENCE: Duration = Duration::from_secs(20);

/// Calls Summarize over loopback and prints what became of it.
#[derive(Parser)]
struct Args {
    /// HOST:PORT of the service.
    address: String,
    /// Calls that begin each second.
    #[arg(long, conflicts_with = "callers")]
    rate: Option<f64>,
    /// Callers that each call again as soon as they are answered.
    #[arg(long, default_value_t = 16)]
    callers: usize,
    #[arg(long, default_value_t = 16)]
    connections: usize,
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,
    /// A file with the article.
    #[arg(long)]
    article: std::path::PathBuf,
    /// The deadline that calls carry.
    #[arg(long)]
    deadline_ms: Option<u64>,
}

type Requests = h2::client::SendRequest<Bytes>;

/// What all calls have in common.
struct Calls {
    message: Bytes,
    deadline_ms: Option<u64>,
    ends: Mutex<Ends>,
}

/// For each code: the latencies, and how many of the answers said when to come back.
type Ends = BTreeMap<String, (Vec<Duration>, usize)>;

impl Calls {
    /// Makes a call that was due at `due`; one that begins late has waited already.
    async fn make(&self, requests: Requests, due: Instant) {
        let answer = timeout(PATIENCE, self.answer(requests)).await.unwrap_or(None);
        let (code, is_pushed_back) = answer.unwrap_or_else(|| ("none".to_owned(), false));
        let mut ends = self.ends.lock().unwrap();
        let (latencies, pushed_back) = ends.entry(code).or_default();
        latencies.push(due.elapsed());
        *pushed_back += usize::from(is_pushed_back);
    }

    /// The answer's code, and whether it says when to come back; none when there is no answer.
    async fn answer(&self, requests: Requests) -> Option<(String, bool)> {
        let mut request = http::Request::post("http://localhost/pullquote.v1.PullquoteService/Summarize")
            .header("content-type", "application/grpc")
            .header("te", "trailers");
        if let Some(deadline_ms) = self.deadline_ms {
            request = request.header("grpc-timeout", format!("{deadline_ms}m"));
        }
        let (response, mut body) = requests.ready().await.ok()?.send_request(request.body(()).unwrap(), false).ok()?;
        // It fails when the answer came before the message was sent.
        let _refused = body.send_data(self.message.clone(), true);
        let (head, mut body) = response.await.ok()?.into_parts();
        while let Some(Ok(data)) = body.data().await {
            body.flow_control().release_capacity(data.len()).ok()?;
        }
        let mut headers = head.headers;
        headers.extend(body.trailers().await.ok().flatten().unwrap_or_default());
        let code = headers.get("grpc-status")?.to_str().ok()?.to_owned();
        Some((code, headers.contains_key("grpc-retry-pushback-ms")))
    }
}

async fn connect(address: &str) -> Requests {
    let socket = TcpStream::connect(address).await.unwrap();
    socket.set_nodelay(true).unwrap();
    let (requests, connection) = h2::client::handshake(socket).await.unwrap();
    tokio::spawn(connection);
    requests
}

/// A message as gRPC frames it.
fn framed(message: &pb::SummarizeRequest) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.encoded_len()).unwrap());
    message.encode(&mut frame).unwrap();
    frame.freeze()
}

fn request(article: String) -> pb::SummarizeRequest {
    let content = Some(pb::document::Content::Text(article));
    pb::SummarizeRequest { document: Some(pb::Document { content, ..Default::default() }), ..Default::default() }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let args = Args::parse();
    let message = framed(&request(std::fs::read_to_string(&args.article).unwrap()));
    let calls = Arc::new(Calls { message, deadline_ms: args.deadline_ms, ends: Mutex::default() });
    let mut connections = Vec::new();
    for _ in 0..args.connections {
        connections.push(connect(&args.address).await);
    }
    let mut next = connections.iter().cycle();
    let mut next = || next.next().unwrap().clone();
    let begin = Instant::now();
    let end = begin + Duration::from_secs_f64(args.seconds);
    let mut made = JoinSet::new();
    if let Some(rate) = args.rate {
        let mut count = 0.0;
        let mut beat = begin;
        while beat < end {
            sleep_until(beat).await;
            while count < rate * (beat - begin).as_secs_f64() {
                let (calls, requests) = (Arc::clone(&calls), next());
                made.spawn(async move { calls.make(requests, beat).await });
                count += 1.0;
            }
            while made.try_join_next().is_some() {}
            beat += BEAT;
        }
    } else {
        for _ in 0..args.callers {
            let (calls, requests) = (Arc::clone(&calls), next());
            made.spawn(async move {
                while Instant::now() < end {
                    calls.make(requests.clone(), Instant::now()).await;
                }
            });
        }
    }
    while made.join_next().await.is_some() {}
    let seconds = begin.elapsed().as_secs_f64();
    println!("{}", shown(seconds, &mut calls.ends.lock().unwrap()));
}

fn shown(seconds: f64, ends: &mut Ends) -> String {
    let mut codes = String::new();
    for (code, (latencies, pushed_back)) in ends {
        latencies.sort_unstable();
        let percentile = |percent: usize| {
            latencies.get((latencies.len() - 1) * percent / 100).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
        };
        let (count, p50, p99) = (latencies.len(), percentile(50), percentile(99));
        let comma = if codes.is_empty() { "" } else { ", " };
        write!(
            codes,
            r#"{comma}"{code}": {{"count": {count}, "p50_ms": {p50:.2}, "p99_ms": {p99:.2}, "pushed_back": {pushed_back}}}"#
        )
        .unwrap();
    }
    format!(r#"{{"seconds": {seconds:.3}, "codes": {{{codes}}}}}"#)
}
