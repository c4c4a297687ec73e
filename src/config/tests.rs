#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use super::*;

fn no_environment(_: &str) -> Option<String> {
    None
}

#[test]
fn defaults_are_sound() {
    let config = Config::resolve(&ServeArgs::default(), &no_environment).unwrap();
    assert_eq!(config.listen, Endpoint::Tcp("127.0.0.1:50051".parse().unwrap()));
    assert_eq!(config.max_message_bytes, Bytes(5 << 20));
    assert_eq!(config.metrics_listen, None);
}

#[test]
fn what_is_printed_reads_back_the_same() {
    let config = Config::resolve(&ServeArgs::default(), &no_environment).unwrap();
    let file = tempfile("printed.toml", &config.to_toml());
    let args = ServeArgs { config: Some(file), ..ServeArgs::default() };
    assert_eq!(Config::resolve(&args, &no_environment).unwrap(), config);
}

#[test]
fn flags_win_over_the_environment_and_that_over_the_file() {
    let file = tempfile("order.toml", "max-calls = 1\nmax_connections = 2\ncall-timeout = \"3s\"\n");
    let environment = |name: &str| match name {
        "PULLQUOTE_MAX_CALLS" => Some("10".to_owned()),
        "PULLQUOTE_MAX_CONNECTIONS" => Some("20".to_owned()),
        _ => None,
    };
    let args = ServeArgs { config: Some(file), max_calls: Some("100".to_owned()), ..ServeArgs::default() };
    let config = Config::resolve(&args, &environment).unwrap();
    assert_eq!((config.max_calls, config.max_connections), (100, 20));
    assert_eq!(config.call_timeout, Duration::from_secs(3));
}

#[test]
fn every_fault_is_told_at_once() {
    let file = tempfile("faults.toml", "colour = \"red\"\nmax_calls = \"many\"\nkeepalive_timeout = 1.5\n");
    let environment = |name: &str| (name == "PULLQUOTE_DRAIN_DELAY").then(|| "soon".to_owned());
    let args = ServeArgs { config: Some(file), listen: Some("nowhere".to_owned()), ..ServeArgs::default() };
    let Faults(faults) = Config::resolve(&args, &environment).unwrap_err();
    for origin in ["colour", "max_calls", "keepalive_timeout", "PULLQUOTE_DRAIN_DELAY", "--listen"] {
        assert_eq!(faults.iter().filter(|fault| fault.contains(origin)).count(), 1, "{origin}: {faults:?}");
    }
    assert_eq!(faults.len(), 5, "{faults:?}");
}

#[test]
fn contradictions_are_told_at_once() {
    let args = ServeArgs {
        tls_cert: Some("cert.pem".to_owned()),
        max_calls: Some("0".to_owned()),
        idle_timeout: Some("0s".to_owned()),
        max_call_bytes: Some("1MiB".to_owned()),
        ..ServeArgs::default()
    };
    let Faults(faults) = Config::resolve(&args, &no_environment).unwrap_err();
    assert_eq!(faults.len(), 4, "{faults:?}");
}

#[test]
fn secrets_are_masked() {
    let args = ServeArgs { otlp_headers: Some("authorization=hush".to_owned()), ..ServeArgs::default() };
    let config = Config::resolve(&args, &no_environment).unwrap();
    assert_eq!(config.otlp_headers.reveal(), "authorization=hush");
    assert!(!config.to_toml().contains("hush") && !format!("{config:?}").contains("hush"));
    assert!(config.to_toml().contains("otlp_headers = \"***\""));
}

#[test]
fn sizes_and_times() {
    let sizes = [
        ("0", Some(0)),
        ("1KiB", Some(1024)),
        ("2 MB", Some(2_000_000)),
        ("KiB", None),
        ("-1", None),
        ("1.5MiB", None),
    ];
    for (text, expected) in sizes {
        assert_eq!(Bytes::parse(text).ok(), expected.map(Bytes), "{text}");
    }
    let times = [("0s", Some(0)), ("250ms", Some(250)), ("2m", Some(120_000)), ("5", None), ("1d", None), ("", None)];
    for (text, expected) in times {
        assert_eq!(Duration::parse(text).ok(), expected.map(Duration::from_millis), "{text}");
    }
}

#[test]
fn log_levels() {
    for (text, expected) in [
        ("info", Some("info")),
        ("off", Some("off")),
        ("warn, pullquote::server=debug", Some("pullquote::server=debug,warn")),
        ("verbose", None),
        ("info,h2", None),
        ("h2=loud", None),
        ("a=b=info", None),
    ] {
        let level = LogLevel::parse(text).ok();
        assert_eq!(level.as_ref().map(Setting::show), expected.map(Into::into), "{text}");
        if let Some(level) = level {
            let shown = level.show();
            assert_eq!(LogLevel::parse(shown.as_str().unwrap()).unwrap(), level, "{text}");
        }
    }
}

#[test]
fn origins() {
    for (text, expected) in [
        ("", Some("")),
        ("*", Some("*")),
        ("https://example.com", Some("https://example.com")),
        ("https://a.example , http://localhost:5173,", Some("https://a.example,http://localhost:5173")),
        ("example.com", None),
        ("https://example.com/", None),
        ("https://Example.com", None),
        ("https://*.example.com", None),
        ("https://a.example b", None),
        ("https://", None),
    ] {
        let shown = Origins::parse(text).ok().map(|origins| origins.show());
        assert_eq!(shown, expected.map(toml::Value::from), "{text}");
    }
}

fn tempfile(name: &str, content: &str) -> PathBuf {
    let directory = std::env::temp_dir().join(format!("pullquote-config-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    std::fs::write(&path, content).unwrap();
    path
}
