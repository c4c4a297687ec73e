//! `pullquote probe`: asks a server's health, for container health checks.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

use crate::grpc::pb::health::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient};

const TIMEOUT: Duration = Duration::from_secs(5);

/// Whose health is asked, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct ProbeArgs {
    /// The server: http://HOST:PORT, https://HOST:PORT or unix:PATH
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:50051")]
    pub server: String,

    /// The authorities that may have signed the server's certificate, PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,

    /// The certificate to show to the server, PEM
    #[arg(long, value_name = "FILE", requires = "key")]
    pub cert: Option<PathBuf>,

    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "cert")]
    pub key: Option<PathBuf>,

    /// The service whose health is asked; the server as a whole when empty
    #[arg(long, value_name = "NAME", default_value = "")]
    pub service: String,
}

/// Runs `pullquote probe`; `complain` says why the server is not well.
#[must_use]
pub fn run_probe(args: &ProbeArgs, complain: impl Fn(&str)) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(probe(args)),
        Err(error) => Err(error.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            complain(&fault);
            ExitCode::FAILURE
        }
    }
}

/// Asks for the health of `args.server`.
///
/// # Errors
///
/// In words, whatever the server's answer is but SERVING.
pub async fn probe(args: &ProbeArgs) -> Result<(), String> {
    let channel = tokio::time::timeout(TIMEOUT, endpoint(args)?.connect())
        .await
        .map_err(|_| format!("{}: no connection within {} s", args.server, TIMEOUT.as_secs()))?
        .map_err(|error| format!("{}: {}", args.server, chain(&error)))?;
    let request = HealthCheckRequest { service: args.service.clone() };
    let response = HealthClient::new(channel)
        .check(request)
        .await
        .map_err(|status| format!("{}: {:?}: {}", args.server, status.code(), status.message()))?;
    match response.into_inner().status() {
        ServingStatus::Serving => Ok(()),
        status => Err(format!("{}: {}", args.server, status.as_str_name())),
    }
}

pub(crate) fn endpoint(args: &ProbeArgs) -> Result<Endpoint, String> {
    let url = if args.server.contains(':') { args.server.clone() } else { format!("http://{}", args.server) };
    let secure = url.starts_with("https://") || args.ca.is_some() || args.cert.is_some();
    let url = if url.contains("://") || url.starts_with("unix:") {
        url
    } else {
        format!("{}://{url}", if secure { "https" } else { "http" })
    };
    let endpoint = Endpoint::from_shared(url)
        .map_err(|error| format!("{}: {}", args.server, chain(&error)))?
        .timeout(TIMEOUT)
        .connect_timeout(TIMEOUT);
    if !secure {
        return Ok(endpoint);
    }
    let mut tls = ClientTlsConfig::new();
    if let Some(ca) = &args.ca {
        tls = tls.ca_certificate(Certificate::from_pem(read(ca)?));
    }
    if let (Some(cert), Some(key)) = (&args.cert, &args.key) {
        tls = tls.identity(Identity::from_pem(read(cert)?, read(key)?));
    }
    endpoint.tls_config(tls).map_err(|error| chain(&error))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// An error and what lies behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
