import type { Server } from "node:http";
import { Counter } from "prom-client";
import request from "supertest";
import { beforeEach, describe, expect, test } from "vitest";
import { LogLines } from "../../../../test/helpers/service/log-lines.ts";
import { Health } from "../observability/health.ts";
import { createMetrics } from "../observability/metrics.ts";
import { createAdminServer } from "./admin.ts";

const version = { name: "crosspod-test", version: "1.2.3", revision: "abc", pod: "pod-a" };
let lines: Record<string, unknown>[];
let health: Health;
let server: Server;

beforeEach(() => {
  const logLines = new LogLines();
  const { log } = logLines;
  lines = logLines.lines;
  health = new Health(log);
  const metrics = createMetrics();
  new Counter({ name: "things_total", help: "Things", registers: [metrics] }).inc();
  server = createAdminServer(health, metrics, version, log);
});

describe("the admin server", () => {
  test("[A1] /healthz answers while the process can, also when it is not ready", async () => {
    await request(server).get("/healthz").expect(200, "ok\n");
  });

  test("[A1] /readyz says why the service is not ready", async () => {
    await request(server).get("/readyz").expect(503, "service: starting\n");
    health.up("service");
    await request(server).get("/readyz?verbose").expect(200, "ok\n");
    health.down("redis", "no answer");
    health.down("service", "leaving");
    await request(server).get("/readyz").expect(503, "redis: no answer; service: leaving\n");
  });

  test("[A1] the log says once when the service becomes ready, and when and why it is not", () => {
    health.down("redis", "not reached yet");
    health.up("service");
    health.up("redis");
    health.up("redis");
    health.down("redis", "no answer");
    health.down("redis", "still no answer");
    expect(lines).toMatchObject([
      { level: "info", msg: "ready" },
      { level: "warn", msg: "not ready", part: "redis", reason: "no answer" },
    ]);
  });

  test("[A1] /metrics is in Prometheus' text format, with the process's own", async () => {
    const { text, headers } = await request(server).get("/metrics").expect(200);
    expect(headers["content-type"]).toMatch(/^text\/plain/);
    expect(text).toContain("things_total 1");
    expect(text).toContain("process_cpu_seconds_total");
  });

  test("[A1] /version is JSON", async () => {
    await request(server).get("/version").expect(200, version);
  });

  test("[A1] other paths and methods are refused", async () => {
    await request(server).get("/").expect(404);
    await request(server).get("//").expect(404);
    await request(server)
      .post("/healthz")
      .expect(405)
      .expect("Allow", "GET, HEAD")
      .expect("Content-Type", "text/plain");
    await request(server).head("/healthz").expect(200);
  });
});
