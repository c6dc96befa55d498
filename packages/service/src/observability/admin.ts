import { createServer, type Server, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import type { Health } from "./health.ts";

/** What `/version` says. */
export interface Version {
  readonly name: string;
  readonly version: string;
  /** The commit that the image was built from. */
  readonly revision: string;
  readonly pod: string;
}

/**
 * The admin server, on a port that no gateway routes [A1]: `/healthz` answers 200 while the process can answer,
 * `/readyz` 200 or 503 with the reason, `/metrics` in Prometheus' text format, `/version` in JSON.
 */
export function createAdminServer(options: {
  readonly health: Health;
  readonly metrics: Registry;
  readonly version: Version;
}): Server {
  const { health, metrics, version } = options;
  const routes: Record<string, (response: ServerResponse) => void | Promise<void>> = {
    "/healthz": (response) => send(response, 200, "text/plain", "ok\n"),
    "/readyz": (response) => {
      const reason = health.notReady;
      send(response, reason ? 503 : 200, "text/plain", `${reason ?? "ok"}\n`);
    },
    "/metrics": async (response) => send(response, 200, metrics.contentType, await metrics.metrics()),
    "/version": (response) => send(response, 200, "application/json", `${JSON.stringify(version)}\n`),
  };
  return createServer((request, response) => {
    const route = routes[request.url?.split("?")[0] ?? ""];
    if (!route) {
      return send(response, 404, "text/plain", `not found; there are ${Object.keys(routes).join(", ")}\n`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("Allow", "GET, HEAD");
      return send(response, 405, "text/plain", "method not allowed\n");
    }
    void Promise.resolve(route(response)).catch((error: Error) =>
      send(response, 500, "text/plain", `${error.message}\n`),
    );
  });
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store" }).end(body);
}
