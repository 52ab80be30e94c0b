# Concordat's daemon and command line in two stages: built with the tools, shipped without them.
#
#     docker build -t concordat .
#     docker run --rm concordat --version

FROM debian:bookworm-slim AS build
RUN apt-get update \
	&& DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
		gcc libc6-dev make pkg-config python3-minimal node-llhttp \
		libevent-dev libpq-dev libjansson-dev libssl-dev libcurl4-openssl-dev \
		libsodium-dev libcjose-dev \
	&& rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make -j"$(nproc)" all \
	&& mkdir -p /out \
	&& cp -L build/concordat* /out/

FROM debian:bookworm-slim
RUN apt-get update \
	&& DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
		libevent-2.1-7 libevent-openssl-2.1-7 libpq5 libjansson4 libssl3 libcurl4 \
		libsodium23 libcjose0 ca-certificates \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin concordat \
	&& install -d -o concordat /var/lib/concordat/log
COPY --from=build /out/ /usr/local/bin/
COPY reference /usr/share/concordat/reference
ENV CONCORDAT_LISTEN_ADDRESS=0.0.0.0 \
	CONCORDAT_LISTEN_PORT=8440 \
	CONCORDAT_REFERENCE_DIR=/usr/share/concordat/reference
USER concordat
EXPOSE 8440
# It drains on SIGTERM. The check asks /livez with bash alone: no client need be installed for it.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["bash", "-c", \
	"exec 3<>/dev/tcp/127.0.0.1/$CONCORDAT_LISTEN_PORT && printf 'GET /livez HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["concordatd"]
CMD ["serve"]
