# One static file in an otherwise empty image, run by an ordinary user.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
# The paths that the compiler writes into the file are the same wherever it is built. The target is named so that only the
# service itself is linked statically, not what the compiler loads while it builds.
RUN --mount=type=cache,target=/src/target --mount=type=cache,target=/cargo/registry \
    export CARGO_HOME=/cargo TARGET="$(uname -m)-unknown-linux-gnu" \
    && export RUSTFLAGS="-C target-feature=+crt-static -C link-arg=-Wl,-z,pack-relative-relocs --remap-path-prefix=/src=/pullquote --remap-path-prefix=/cargo=/cargo" \
    && cargo build --release --locked --target "$TARGET" --bin pullquote \
    && cp "target/$TARGET/release/pullquote" /pullquote

FROM scratch
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="pullquote" \
      org.opencontainers.image.description="Reads news articles over gRPC: picks the sentences that say most and finds who said what" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /pullquote /pullquote
COPY LICENSE-MIT LICENSE-APACHE /licenses/
ENV PULLQUOTE_LISTEN=0.0.0.0:50051 PULLQUOTE_METRICS_LISTEN=0.0.0.0:9464
EXPOSE 50051 9464
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=3s --start-period=2s CMD ["/pullquote", "probe"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/pullquote"]
CMD ["serve"]
