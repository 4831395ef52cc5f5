# One image for worker and client: the worker by default, any command of the client by its name.
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:... --tag anemia-mlops .
#   docker run --init anemia-mlops models
# A tag can be moved to another image; what is to be rebuilt as it was names a digest, as the deploy scripts do.
ARG NODE_IMAGE=node:22-bookworm-slim

# Packages at run time, by the lock file. Install scripts do not run: every binary comes in a package of its own.
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/bundle-workflows.mjs ./scripts/
COPY src ./src
RUN npm run build

FROM ${NODE_IMAGE}
ARG VERSION=""
ARG COMMIT=""
LABEL org.opencontainers.image.title="anemia-mlops" \
      org.opencontainers.image.description="Worker and client of a tabular model's whole life on Temporal" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${COMMIT}"

# Numeric, so that an orchestrator can see that it is not root; named, because decisions are recorded with a name.
RUN groupadd --gid 10001 mlops \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/mlops --shell /usr/sbin/nologin mlops \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/mlops

# All else may be read-only: what the program writes goes to these. Volumes of ECS take owner and mode from here.
ENV NODE_ENV=production \
    HOME=/var/lib/mlops \
    MLOPS_HOME=/var/lib/mlops \
    MLOPS_HEALTH_PORT=8081 \
    MLOPS_COMMIT="${COMMIT}"
VOLUME ["/var/lib/mlops", "/tmp"]

WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY pipelines ./pipelines
COPY data/README.md data/anemia-sample.csv ./data/
COPY --from=build /app/dist ./dist

USER 10001:10001
# Node is no init process: run with --init (compose: init, ECS: initProcessEnabled).
STOPSIGNAL SIGTERM
EXPOSE 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.MLOPS_HEALTH_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/client.js"]
CMD ["worker"]
