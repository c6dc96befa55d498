import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/board/running-whiteboard.ts";

const PAGE = "<!doctype html><title>a page</title>";

describe("the page", () => {
  let pageDirectory: string;
  let whiteboard: RunningWhiteboard;

  const page = () => request(new URL(whiteboard.url).origin);
  const admin = () => request(new URL(whiteboard.adminUrl).origin);

  beforeAll(async () => {
    pageDirectory = await mkdtemp(join(tmpdir(), "crosspod-page-"));
    await writeFile(join(pageDirectory, "index.html"), PAGE);
    await writeFile(join(pageDirectory, "main.js"), "void 0;");
    whiteboard = await startWhiteboard({}, { pageDirectory });
  });

  afterAll(async () => {
    await whiteboard[Symbol.asyncDispose]();
    await rm(pageDirectory, { recursive: true });
  });

  test.each(["/", "/b/other", "/b/A-b_9", `/b/${"a".repeat(64)}`, "/b/other?x=/b/-"])(
    "[W1] %s shows a board",
    async (path) => {
      const response = await page().get(path);
      expect(response.status).toBe(200);
      expect(response.text).toBe(PAGE);
      expect(response.headers["content-type"]).toBe("text/html; charset=utf-8");
    },
  );

  test("[W1] its scripts and styles come from this server only, and none is in the page", async () => {
    const { headers } = await page().get("/b/other");
    expect(headers["content-security-policy"]).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  test.each([
    { path: "/", board: "default" },
    { path: "/b/other", board: "other" },
    { path: "/b/A-b_9?x=/b/no", board: "A-b_9" },
  ])("[W13] $path names its board to a gateway, by a session cookie for socket.io alone", async ({ path, board }) => {
    const { headers } = await page().get(path);
    expect(headers["set-cookie"]).toEqual([`board=${board}; Path=/socket.io/; HttpOnly; SameSite=Lax`]);
  });

  test("[W13] a page that has not changed is not sent again, and still names its board", async () => {
    const first = await page().get("/b/one");
    const { etag } = first.headers;
    const again = await page().get("/b/other").set("If-None-Match", `${etag}`);
    expect(again.status).toBe(304);
    expect(again.text).toBe("");
    expect(again.headers).toMatchObject({ etag, "cache-control": "no-cache" });
    expect(again.headers["set-cookie"]).toEqual(["board=other; Path=/socket.io/; HttpOnly; SameSite=Lax"]);
  });

  test.each(["/main.js", "/b/-a", "/b/a/b", "/nothing"])("[W13] %s names no board", async (path) => {
    expect((await page().get(path)).headers["set-cookie"]).toBeUndefined();
  });

  test("its files are at the top", async () => {
    const response = await page().get("/main.js");
    expect(response.status).toBe(200);
    expect(response.headers["cache-control"]).toBe("no-cache");
  });

  test.each([
    "/b/",
    "/b/-a",
    "/b/_a",
    "/b/a/",
    "/b/a/b",
    "/b/a%20b",
    "/b/%61",
    "/b/%E0%A4%A",
    "/b/..%2f..%2fetc%2fpasswd",
    "/b/<b>",
    `/b/${"a".repeat(65)}`,
    "/b",
    "/c/other",
    "/nothing",
    "/%E0%A4%A",
    "/..%2fpackage.json",
    "/healthz",
    "/metrics",
  ])("[W2] [A4] %s is nothing: a problem document", async (path) => {
    const response = await page().get(path);
    expect(response.status).toBe(404);
    expect(response.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(response.text)).toMatchObject({ type: "urn:crosspod:problem:not-found", status: 404 });
  });

  test.each(["post", "put", "delete", "options"] as const)("[A4] the page takes no %s", async (method) => {
    for (const path of ["/", "/b/other", "/main.js"]) {
      const { status, headers } = await page()[method](path);
      expect(status).toBe(405);
      expect(headers.allow).toBe("GET, HEAD");
      expect(headers["set-cookie"]).toBeUndefined();
    }
  });

  test("[A1] the admin port says what this is, and how it goes", async () => {
    const version = await admin().get("/version");
    expect(version.body).toMatchObject({ name: "crosspod-whiteboard", version: "0.0.0", pod: "pod-a" });
    expect((await admin().get("/healthz")).status).toBe(200);
    expect((await admin().get("/readyz")).status).toBe(200);
    const { text } = await admin().get("/metrics");
    for (const cause of ["gap", "join"]) expect(text).toContain(`crosspod_board_resyncs_total{cause="${cause}"} 0\n`);
    const names = [...text.matchAll(/^# HELP (crosspod_\w+) \S.+$/gm)].map(([, name]) => name);
    expect(names.sort()).toEqual([
      "crosspod_board_append_failures_total",
      "crosspod_board_append_operations",
      "crosspod_board_append_seconds",
      "crosspod_board_boards",
      "crosspod_board_clients",
      "crosspod_board_drawings_dropped_total",
      "crosspod_board_floods_closed_total",
      "crosspod_board_handshakes_failed_total",
      "crosspod_board_live",
      "crosspod_board_log_reads_total",
      "crosspod_board_messages_total",
      "crosspod_board_operations_appended_total",
      "crosspod_board_refused_total",
      "crosspod_board_resends_total",
      "crosspod_board_resyncs_total",
      "crosspod_board_slow_consumers_closed_total",
      "crosspod_ready",
    ]);
  });
});
