import { createServer, type Server } from "node:http";
import request from "supertest";
import { expect, test } from "vitest";
import { LogLines } from "../../../../test/helpers/service/log-lines.ts";
import { sendJson, sendText } from "./answer.ts";
import { httpProblem } from "./problem.ts";
import { type Handler, type Routes, readOnly, route } from "./router.ts";

const { log, lines } = new LogLines();

const say =
  (text: string): Handler =>
  (_request, response) =>
    sendText(response, 200, "text/plain", text);

const server = (routes: Routes, refuse?: Parameters<typeof route>[2]): Server =>
  createServer(route(routes, log, refuse));

test("[A4] a path has its own methods, and others get 405", async () => {
  const both = server({ "/a": { GET: say("got"), POST: say("posted") }, "/b": readOnly(say("read")) });
  await request(both).get("/a?x").expect(200, "got");
  await request(both).post("/a").expect(200, "posted");
  for (const method of ["head", "put", "options"] as const) await request(both)[method]("/a").expect(405);
  const { body, headers } = await request(both).delete("/b").expect(405);
  expect(headers).toMatchObject({ allow: "GET, HEAD", "content-type": "application/problem+json" });
  expect(body).toMatchObject({
    type: "urn:crosspod:problem:method-not-allowed",
    detail: "this path takes GET, HEAD only",
  });
});

test("HEAD of what can only be read is answered as GET, without the body", async () => {
  const { text, headers } = await request(server({ "/b": readOnly(say("read")) }))
    .head("/b")
    .expect(200);
  expect(text).toBeUndefined();
  expect(headers["content-length"]).toBe("4");
});

test("[A4] a path that is not there gets 404", async () => {
  const one = server({ "/a": readOnly(say("a")) });
  for (const path of ["/", "/b", "/a/", "//a", "/A", "/%61", "/__proto__", "/constructor", "/*"]) {
    const { body } = await request(one).get(path).expect(404);
    expect(body).toMatchObject({ type: "urn:crosspod:problem:not-found", status: 404 });
  }
});

test("a path that ends in * is for what has one more part and no line of its own", async () => {
  const rest: Handler = (_request, response, target) => sendJson(response, target);
  const some = server({ "/b/*": readOnly(rest), "/b/own": readOnly(say("own")) });
  await request(some).get("/b/x%2Fy?q=/b/z").expect(200, { path: "/b/x%2Fy", query: "q=/b/z" });
  await request(some).get("/b/").expect(200, { path: "/b/", query: "" });
  await request(some).get("/b/own").expect(200, "own");
  for (const path of ["/b", "/b/x/y", "/b/own/"]) await request(some).get(path).expect(404);
});

test("[A4] what a handler throws, at once or later, is answered as the problem that it is, with its headers", async () => {
  const problem = httpProblem("unavailable", "away", { "Retry-After": "1" });
  const failing = server({
    "/now": readOnly(() => {
      throw problem;
    }),
    "/later": readOnly(() => Promise.reject(problem)),
  });
  for (const path of ["/now", "/later"]) {
    const { body, headers } = await request(failing).get(path).expect(503);
    expect(body).toEqual(problem.problem);
    expect(headers).toMatchObject({ "retry-after": "1", "cache-control": "no-store" });
  }
});

test("[A4] what nobody foresaw is logged, and answered without its details", async () => {
  const failing = server({ "/": readOnly(() => Promise.reject(new Error("secret"))) });
  const { text } = await request(failing).get("/?x").expect(500);
  expect(text).not.toContain("secret");
  expect(lines).toMatchObject([{ level: "error", msg: "request failed", method: "GET", url: "/?x" }]);
  expect(JSON.stringify(lines)).toContain("secret");
});

test("a client that has got half of an answer is cut off when the rest fails", async () => {
  const failing = server({
    "/": readOnly(async (_request, response) => {
      await new Promise<void>((resolve) => response.write("half", () => resolve()));
      throw new Error("the rest");
    }),
  });
  await expect(request(failing).get("/")).rejects.toThrow("aborted");
});

test("errors can have another form", async () => {
  const text = server({}, (response, { problem }) => sendText(response, problem.status, "text/plain", problem.detail));
  await request(text).get("/").expect(404, "there is nothing at this path").expect("Content-Type", "text/plain");
});
