//! The binary as it is run: its settings, signals, log lines, traces, and the socket that systemd hands over.

use std::{
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use pullquote::grpc::pb::{health::HealthCheckRequest, v1::pullquote_service_client::PullquoteServiceClient};
use tonic::{Request, metadata::MetadataValue, transport::Channel};

use crate::{
    support::{eventually, summarize, text},
    tls::Authority,
};

const PULLQUOTE: &str = env!("CARGO_BIN_EXE_pullquote");

/// A process that serves.
struct Process {
    child: Child,
    address: SocketAddr,
    lines: Arc<Mutex<Vec<serde_json::Value>>>,
    reading: Option<JoinHandle<()>>,
}

impl Process {
    fn start(flags: &[&str]) -> Self {
        let mut command = Command::new(PULLQUOTE);
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(flags);
        Self::of(command)
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.args(["--log-format", "json"]).stderr(Stdio::piped()).spawn().unwrap();
        let mut read = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut parsed = move || read.next().map(|line| serde_json::from_str(&line.unwrap()).expect("a line of JSON"));
        let address = loop {
            let line: serde_json::Value = parsed().expect("it serves");
            if line["message"] == "serving" {
                break line["listen"].as_str().unwrap().parse().unwrap();
            }
        };
        let lines = Arc::new(Mutex::new(Vec::new()));
        let reading = std::thread::spawn({
            let lines = Arc::clone(&lines);
            move || {
                while let Some(line) = parsed() {
                    lines.lock().unwrap().push(line);
                }
            }
        });
        Self { child, address, lines, reading: Some(reading) }
    }

    async fn client(&self) -> PullquoteServiceClient<Channel> {
        let channel = Channel::from_shared(format!("http://{}", self.address)).unwrap().connect().await.unwrap();
        PullquoteServiceClient::new(channel)
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end; gives what it logged.
    fn ended(mut self) -> Vec<serde_json::Value> {
        assert!(self.child.wait().unwrap().success());
        self.reading.take().unwrap().join().unwrap();
        std::mem::take(&mut self.lines.lock().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, most of the time.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

#[test]
fn every_fault_of_the_settings_is_told_at_once() {
    let output = Command::new(PULLQUOTE)
        .args(["serve", "--max-calls", "many", "--tls-key", "key.pem"])
        .env("PULLQUOTE_DRAIN_DELAY", "soon")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(64));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--max-calls") && told.contains("PULLQUOTE_DRAIN_DELAY"), "{told}");
    let output = Command::new(PULLQUOTE)
        .args(["serve", "--tls-cert", "no.pem", "--tls-key", "no.pem", "--api-keys", "no"])
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(64));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("tls_cert") && told.contains("api_keys"), "{told}");
}

#[test]
fn the_resulting_settings_are_printed_with_secrets_masked() {
    let directory = Authority::new("settings");
    let file = directory.path("settings.toml");
    std::fs::write(&file, "max-calls = 1\nmax_connections = 2\ndrain_delay = \"1s\"\n").unwrap();
    let output = Command::new(PULLQUOTE)
        .args(["serve", "--print-config", "--max-calls", "7", "--config"])
        .arg(&file)
        .env("PULLQUOTE_MAX_CALLS", "5")
        .env("PULLQUOTE_MAX_CONNECTIONS", "6")
        .env("PULLQUOTE_OTLP_HEADERS", "authorization=hush")
        .output()
        .unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    for line in [
        "max_calls = 7",
        "max_connections = 6",
        "drain_delay = \"1s\"",
        "otlp_headers = \"***\"",
        "call_timeout = \"30s\"",
    ] {
        assert!(printed.lines().any(|printed| printed == line), "{line}: {printed}");
    }
    assert!(!printed.contains("hush"));
}

#[test]
fn help_tells_every_limit_its_default_and_its_variable() {
    let output = Command::new(PULLQUOTE).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for (flag, default) in [
        ("max-message-bytes", "5MiB"),
        ("max-text-bytes", "1MiB"),
        ("max-calls", "256"),
        ("max-waiting-calls", "1024"),
        ("max-streams-per-connection", "100"),
        ("first-byte-timeout", "2s"),
        ("keepalive-interval", "30s"),
        ("max-connection-age", "30m"),
        ("drain-delay", "5s"),
        ("drain-timeout", "20s"),
    ] {
        let variable = format!("PULLQUOTE_{}", flag.to_uppercase().replace('-', "_"));
        let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(&format!("--{flag}")), "{flag}");
        assert!(words.contains(&format!("[default: {default}] [env: {variable}]")), "{flag}");
    }
}

#[tokio::test]
async fn sigterm_drains_and_a_second_one_ends_it_at_once() {
    let process = Process::start(&["--drain-delay", "100ms"]);
    process.client().await.summarize(summarize(text("It rained."))).await.unwrap();
    process.signal("TERM");
    let lines = process.ended();
    let messages: Vec<_> = lines.iter().map(|line| line["message"].as_str().unwrap().to_owned()).collect();
    assert_eq!(messages.last().map(String::as_str), Some("drained"), "{messages:?}");

    let process = Process::start(&["--drain-delay", "1h"]);
    let begin = Instant::now();
    process.signal("TERM");
    eventually(|| async { (!process.lines.lock().unwrap().is_empty()).then_some(()) }).await;
    process.signal("INT");
    let lines = process.ended();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert!(lines.iter().any(|line| line["level"] == "WARN"), "{lines:?}");
}

#[tokio::test]
async fn certificates_are_read_again_on_sighup() {
    let (old, new) = (Authority::new("hup-old"), Authority::new("hup-new"));
    old.sign("server");
    new.sign("server");
    let (cert, key) = (old.shown("server.pem"), old.shown("server.key"));
    let flags = ["--tls-cert", &cert, "--tls-key", &key, "--reload-interval", "1h", "--drain-delay", "0s"];
    let process = Process::start(&flags);
    std::fs::copy(new.path("server.key"), &key).unwrap();
    process.signal("HUP");
    // The key fits no certificate.
    let logged = |message: &'static str| {
        let lines = Arc::clone(&process.lines);
        move || {
            let lines = Arc::clone(&lines);
            async move { lines.lock().unwrap().iter().any(|line| line["message"] == message).then_some(()) }
        }
    };
    eventually(logged("cannot be read again, the old ones stay")).await;
    std::fs::copy(new.path("server.pem"), &cert).unwrap();
    process.signal("HUP");
    eventually(logged("read again")).await;
    process.signal("TERM");
    process.ended();
}

#[tokio::test]
async fn log_lines_tell_of_calls_and_never_of_articles() {
    let process = Process::start(&["--drain-delay", "0s", "--log-level", "trace"]);
    let mut client = process.client().await;
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let mut request = Request::new(summarize(text("Xylophonist Quandary said “Zyzzyva”. Marbles fell.")));
    let metadata = request.metadata_mut();
    metadata.insert("x-request-id", MetadataValue::from_static("mine-7"));
    metadata.insert("traceparent", format!("00-{trace}-b7ad6b7169203331-01").parse().unwrap());
    let response = client.summarize(request).await.unwrap();
    assert_eq!(response.metadata().get("x-request-id").unwrap(), "mine-7");
    let wrong = pullquote::grpc::pb::v1::SummarizeRequest {
        query: "Zyzzyva".repeat(1000),
        ..summarize(text("Xylophonist Quandary said so."))
    };
    let status = client.summarize(wrong).await.unwrap_err();
    let made = status.metadata().get("x-request-id").unwrap().to_str().unwrap().to_owned();
    process.signal("TERM");
    let lines = process.ended();
    let call =
        |id: &str| lines.iter().find(|line| line["request_id"] == id).unwrap_or_else(|| panic!("{id}: {lines:?}"));
    let told = call("mine-7");
    assert_eq!(told["trace_id"], trace);
    assert_eq!(told["method"], "pullquote.v1.PullquoteService/Summarize");
    assert_eq!((&told["code"], told["articles"].as_u64()), (&serde_json::json!("OK"), Some(1)));
    assert!(told["elapsed_us"].as_u64() > Some(0) && told["article_bytes"].as_u64() > Some(40), "{told}");
    assert_eq!(call(&made)["code"], "INVALID_ARGUMENT");
    for line in
        lines.iter().filter(|line| line["target"].as_str().is_some_and(|target| target.starts_with("pullquote")))
    {
        let line = line.to_string();
        assert!(!["Xylophonist", "Quandary", "Zyzzyva", "Marbles"].iter().any(|word| line.contains(word)), "{line}");
    }
}

#[tokio::test]
async fn spans_go_to_the_collector_under_the_caller_s_trace() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let collector = format!("http://{}", listener.local_addr().unwrap());
    let collected = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut connection = h2::server::handshake(socket).await.unwrap();
        let (request, mut respond) = connection.accept().await.unwrap().unwrap();
        let (head, mut body) = request.into_parts();
        let reading = async {
            let mut bytes = Vec::new();
            while let Some(data) = body.data().await {
                bytes.extend_from_slice(&data.unwrap());
            }
            bytes
        };
        let bytes = tokio::select! {
            bytes = reading => bytes,
            _ = std::future::poll_fn(|cx| connection.poll_closed(cx)) => panic!("closed"),
        };
        let answer = http::Response::builder().header("content-type", "application/grpc").header("grpc-status", "0");
        respond.send_response(answer.body(()).unwrap(), true).unwrap();
        // It is answered when this is written.
        tokio::spawn(async move { while connection.accept().await.is_some() {} });
        (head.uri.path().to_owned(), head.headers["x-token"].clone(), bytes)
    });
    let process =
        Process::start(&["--drain-delay", "0s", "--otlp-endpoint", &collector, "--otlp-headers", "x-token=abc"]);
    let mut request = Request::new(summarize(text("It rained.")));
    let trace = "0af7651916cd43dd8448eb211c80319c";
    request.metadata_mut().insert("traceparent", format!("00-{trace}-b7ad6b7169203331-01").parse().unwrap());
    process.client().await.summarize(request).await.unwrap();
    process.signal("TERM");
    let (path, token, bytes) = collected.await.unwrap();
    assert_eq!(path, "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
    assert_eq!(token, "abc");
    let id: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[2 * at..2 * at + 2], 16).unwrap()).collect();
    assert!(bytes.windows(16).any(|window| window == id), "the caller's trace");
    assert!(String::from_utf8_lossy(&bytes).contains("pullquote.v1.PullquoteService/Summarize"));
    process.ended();
}

#[tokio::test]
async fn a_socket_that_is_handed_over_is_served() {
    // What systemd does: descriptor 3, and two variables that say so.
    let hand_over = "import os, socket, sys\n\
        listener = socket.create_server(('127.0.0.1', 0))\n\
        os.dup2(listener.fileno(), 3)\n\
        os.set_inheritable(3, True)\n\
        os.environ.update(LISTEN_FDS='1', LISTEN_PID=str(os.getpid()))\n\
        os.execv(sys.argv[1], sys.argv[1:])";
    let mut command = Command::new("python3");
    command.args(["-c", hand_over, PULLQUOTE, "serve", "--listen", "127.0.0.1:1", "--drain-delay", "0s"]);
    let process = Process::of(command);
    assert_ne!(process.address.port(), 1);
    let channel = Channel::from_shared(format!("http://{}", process.address)).unwrap().connect().await.unwrap();
    let mut health = pullquote::grpc::pb::health::health_client::HealthClient::new(channel);
    assert!(health.check(HealthCheckRequest::default()).await.is_ok());
    process.signal("TERM");
    process.ended();
}
