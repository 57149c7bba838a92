# KeyPlan as an image: the service alone, for a PostgreSQL of its own (DATABASE_URL). compose.yaml shows both together.

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# As bin/prepare.js does; types and compiler are optional dependencies.
RUN npm install --no-save --omit=dev --include=optional
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build
RUN npm prune --no-save --omit=dev --omit=optional

FROM node:20-slim
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY bin ./bin
COPY openapi ./openapi
COPY profiles/package ./profiles/package
COPY fixtures/examples ./fixtures/examples
COPY docs/examples.md ./docs/examples.md
COPY src/definitions/artefacts ./src/definitions/artefacts
COPY src/store/migrations ./src/store/migrations
RUN install -d -o node -g node -m 0700 /data

# Open to other machines, so KEYPLAN_BASE_URL and KEYPLAN_CLIENTS must be set: the service says so and ends where they are not.
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    METRICS_PORT=9090 \
    KEYPLAN_DATA=/data
USER node
VOLUME /data
EXPOSE 8080 9090
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/keyplan.js"]
CMD ["serve"]
