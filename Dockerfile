# The exporter alone, on Debian 12, run as nobody. Two stages: the first compiles, the second holds the
# binary and the libraries it needs.
FROM docker.io/library/debian:bookworm-slim AS build
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      g++ cmake ninja-build pkg-config libldns-dev libssl-dev libasio-dev libyaml-cpp-dev \
      libspdlog-dev libfmt-dev libmicrohttpd-dev prometheus-cpp-dev libcli11-dev \
      nlohmann-json3-dev libexpected-dev zlib1g-dev libjemalloc-dev
COPY CMakeLists.txt /src/
COPY cmake /src/cmake
COPY dns /src/dns
COPY survey /src/survey
COPY checks /src/checks
COPY exporter /src/exporter
RUN cmake -S /src -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release -DDNSZONE_TESTS=OFF -Wno-dev \
 && cmake --build /build --target dnszone_exporter \
 && strip /build/exporter/dnszone_exporter

FROM docker.io/library/debian:bookworm-slim
RUN apt-get update -q \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
      ca-certificates libldns3 libssl3 libyaml-cpp0.7 libspdlog1.10 libfmt9 libmicrohttpd12 \
      libprometheus-cpp-core1.0 zlib1g libjemalloc2 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /build/exporter/dnszone_exporter /usr/bin/dnszone_exporter
COPY config/dnszone.yml config/quickstart.yml config/all-tlds.yml /etc/dnszone_exporter/
COPY LICENSE /usr/share/doc/dnszone-exporter/copyright
LABEL org.opencontainers.image.title="dnszone_exporter" \
      org.opencontainers.image.description="Prometheus exporter for DNS zones and their nameservers" \
      org.opencontainers.image.licenses="Apache-2.0"
USER 65534:65534
EXPOSE 10053
ENTRYPOINT ["/usr/bin/dnszone_exporter"]
CMD ["--config.file=/etc/dnszone_exporter/dnszone.yml", "--web.listen-address=[::]:10053"]
