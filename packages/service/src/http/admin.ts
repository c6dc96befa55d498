import { createServer, type Server } from "node:http";
import type { Registry } from "prom-client";
import type { Health } from "../observability/health.ts";
import type { Log } from "../observability/log.ts";
import { sendText } from "./answer.ts";
import { type Routes, readOnly, route } from "./router.ts";

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
 * `/readyz` 200 or 503 with the reason, `/metrics` in Prometheus' text format, `/version` in JSON. Errors are text too.
 */
export function createAdminServer(health: Health, metrics: Registry, version: Version, log: Log): Server {
  const routes: Routes = {
    "/healthz": readOnly((_request, response) => sendText(response, 200, "text/plain", "ok\n")),
    "/readyz": readOnly((_request, response) => {
      const reason = health.notReady;
      sendText(response, reason ? 503 : 200, "text/plain", `${reason ?? "ok"}\n`);
    }),
    "/metrics": readOnly(async (_request, response) =>
      sendText(response, 200, metrics.contentType, await metrics.metrics()),
    ),
    "/version": readOnly((_request, response) =>
      sendText(response, 200, "application/json", `${JSON.stringify(version)}\n`),
    ),
  };
  const hint = `; there are ${Object.keys(routes).join(", ")}`;
  return createServer(
    route(routes, log, (response, { problem: { status, detail }, headers }) =>
      sendText(response, status, "text/plain", `${detail}${status === 404 ? hint : ""}\n`, headers),
    ),
  );
}
