//! Compiles the protos with protox, so that no machine needs protoc.

#[cfg_attr(not(feature = "messages"), expect(clippy::unnecessary_wraps, reason = "the protos may not compile"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=build.rs");
    #[cfg(feature = "messages")]
    messages::compile()?;
    Ok(())
}

#[cfg(feature = "messages")]
mod messages {
    use std::{env, fs, path::PathBuf};

    const CONTRACT: &str = "proto/pullquote/v1/pullquote_service.proto";
    const HEALTH: &str = "proto/third_party/grpc/health/v1/health.proto";

    pub(crate) fn compile() -> Result<(), Box<dyn std::error::Error>> {
        println!("cargo:rerun-if-changed=proto");
        let out = PathBuf::from(env::var("OUT_DIR")?);

        let mut compiler = protox::Compiler::new(["proto", "proto/third_party"])?;
        compiler
            .include_source_info(true)
            .open_files(["pullquote/v1/pullquote_service.proto", "grpc/health/v1/health.proto"])?;
        let descriptors = compiler.encode_file_descriptor_set();
        fs::write(out.join("descriptors.bin"), &descriptors)?;

        let client = env::var_os("CARGO_FEATURE_CLIENT").is_some();
        let server = env::var_os("CARGO_FEATURE_SERVER").is_some();
        tonic_prost_build::configure()
            .build_client(client)
            .build_server(server)
            .build_transport(false)
            .emit_rerun_if_changed(false)
            .compile_fds(compiler.file_descriptor_set())?;

        pbjson_build::Builder::new()
            .register_descriptors(&descriptors)?
            .ignore_unknown_fields()
            .build(&[".pullquote.v1"])?;
        for proto in [CONTRACT, HEALTH] {
            println!("cargo:rerun-if-changed={proto}");
        }
        Ok(())
    }
}
