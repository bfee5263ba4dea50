# The server runs from its TypeScript sources; only the console and the verifier are built.
FROM node:26-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:26-slim
# git itself speaks to the other side of a mirror: it takes its authorities from ca-certificates, Node has its own.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o node -g node -m 0700 /data \
 && ln -s /app/bin/postern.js /usr/local/bin/postern
WORKDIR /app
COPY package.json package-lock.json ./
# The image has its Node already; what npm would bring beside it, and builders' binaries, stay out.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && rm -rf /root/.npm /tmp/*
COPY --from=build /app/bin bin
COPY --from=build /app/src src
COPY --from=build /app/dist dist
USER node
# A start that is ended again leaves what Node compiled: containers start and stop sooner, on a read-only disk as well.
RUN timeout 30 node bin/postern.js serve --data /tmp/first >/dev/null; rm -r /tmp/first
ENV POSTERN_DATA=/data POSTERN_LISTEN=0.0.0.0 POSTERN_PORT=7400
VOLUME /data
EXPOSE 7400 7422
HEALTHCHECK --start-period=30s CMD ["node", "-e", "fetch('http://127.0.0.1:7400/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/postern.js"]
CMD ["serve"]
