import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import request from "supertest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fileRoutes, pageRoutes } from "./files.ts";
import { route } from "./router.ts";

const MAIN = "0123456789";

let directory: string;
let server: Server;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "crosspod-files-"));
  await writeFile(join(directory, "index.html"), "<!doctype html>");
  await writeFile(join(directory, "main.js"), MAIN);
  await writeFile(join(directory, "100% a.svg"), "<svg/>");
  await writeFile(join(directory, ".env"), "secret");
  await mkdir(join(directory, "folder"));
  const routes = { ...pageRoutes(directory), ...fileRoutes(directory, "/client/") };
  server = createServer(route(routes, pino({ level: "silent" })));
});

afterEach(() => rm(directory, { recursive: true }));

const get = (path: string, headers: Record<string, string> = {}) => request(server).get(path).set(headers);

describe("files", () => {
  test("are at their names, and the page at / too", async () => {
    await get("/").expect(200, "<!doctype html>").expect("Content-Type", "text/html; charset=utf-8");
    await get("/index.html").expect(200, "<!doctype html>");
    await get("/main.js").expect(200, MAIN).expect("Content-Type", "text/javascript; charset=utf-8");
    await get("/client/main.js?x").expect(200, MAIN);
    await get("/100%25%20a.svg").expect(200).expect("Content-Type", "image/svg+xml");
    await request(server).head("/main.js").expect(200).expect("Content-Length", "10");
  });

  test("[A4] nothing else is there", async () => {
    const others = [
      "/folder",
      "/folder/",
      "/.env",
      "/main.js/",
      "/client/",
      "/%6dain.js",
      "/..%2fmain.js",
      "/%00",
      "/%ff",
    ];
    for (const path of others) await get(path).expect(404);
  });

  test("come with what browsers may do with them, and are to be asked for each time", async () => {
    const { headers } = await get("/main.js");
    expect(headers).toMatchObject({
      "cache-control": "no-cache",
      "content-security-policy": expect.stringContaining("default-src 'none'; script-src 'self'"),
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
  });

  test("are not sent to who has them", async () => {
    const { etag = "", "last-modified": modified = "" } = (await get("/main.js")).headers;
    for (const headers of [
      { "If-None-Match": etag },
      { "If-None-Match": `"other", ${etag}` },
      { "If-None-Match": "*" },
      { "If-Modified-Since": modified },
    ]) {
      const answer = await get("/main.js", headers).expect(304, "");
      expect(answer.headers).toMatchObject({ etag, "cache-control": "no-cache" });
    }
    await get("/main.js", { "If-None-Match": '"other"', "If-Modified-Since": modified }).expect(200, MAIN);
  });

  test("are sent as they are now", async () => {
    const { etag = "" } = (await get("/main.js")).headers;
    await writeFile(join(directory, "main.js"), `${MAIN}${MAIN}`);
    await get("/main.js", { "If-None-Match": etag }).expect(200, `${MAIN}${MAIN}`);
    await get("/main.js", { Range: "bytes=0-3", "If-Range": etag }).expect(200, `${MAIN}${MAIN}`);
    await rm(join(directory, "main.js"));
    await get("/main.js").expect(404);
  });

  test.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ])("are sent in parts: %s", async (range, text, contentRange) => {
    await get("/main.js", { Range: range }).expect(206, text).expect("Content-Range", contentRange);
  });

  test.each(["lines=1-2", "bytes=0-1,4-5", "bytes=x"])("are sent whole for a range that is none: %s", async (range) => {
    await get("/main.js", { Range: range }).expect(200, MAIN);
  });

  test.each(["bytes=10-", "bytes=5-2"])("[A4] have no range %s", async (range) => {
    const { body } = await get("/main.js", { Range: range }).expect(416).expect("Content-Range", "bytes */10");
    expect(body).toMatchObject({ type: "urn:crosspod:problem:bad-request", status: 416 });
  });

  test.each([{ "If-Match": '"other"' }, { "If-Unmodified-Since": "Thu, 01 Jan 1970 00:00:00 GMT" }])(
    "[A4] are not sent under a condition that fails: %j",
    async (headers) => {
      const { body } = await get("/main.js", headers).expect(412);
      expect(body).toMatchObject({ type: "urn:crosspod:problem:bad-request", status: 412 });
    },
  );
});
