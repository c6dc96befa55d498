import { readdirSync, readFileSync } from "node:fs";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FeedStoreError } from "../../apps/broadcaster/src/server/store/feed-store.ts";
import { root } from "../../scripts/apps.mjs";
import { EventSocket } from "../helpers/board/event-socket.ts";
import {
  type RunningWhiteboard,
  startWhiteboard,
  whiteboardPageDirectory,
} from "../helpers/board/running-whiteboard.ts";
import { ControlledFeedStore } from "../helpers/feed/controlled-feed-store.ts";
import { FeedSocket } from "../helpers/feed/feed-socket.ts";
import { pageDirectory, type RunningBroadcaster, startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { exchange } from "../helpers/network/raw-http.ts";
import { type Answer, ask, HANDSHAKE } from "./ask.ts";
import { documentedAnswers, examples, mistakesIn, mistakesOf, openApi, operations } from "./openapi.ts";
import { filesOf } from "./pages.ts";

/** A store that fails as a test says. */
class FailingFeedStore extends ControlledFeedStore {
  override append(updates: Parameters<ControlledFeedStore["append"]>[0]): Promise<number> {
    const isAway = updates[0]?.id === "away";
    return Promise.reject(isAway ? new FeedStoreError("unavailable", "the store is away") : new Error("a fault"));
  }
}

const BAD_ORIGIN = { Origin: "https://bad.example" };
const TOKEN = { Authorization: "Bearer open-sesame" };
const JSON_BODY = { "Content-Type": "application/json" };
const UPDATE = JSON.stringify({ id: "8", value: "300" });
const POLLING = "socket.io/?EIO=4&transport=polling&client=crosspod";
const WEBSOCKET = "socket.io/?EIO=4&transport=websocket&client=crosspod";

let feed: RunningBroadcaster;
/** Asks for a token and an origin, and has as many clients as it may. */
let guarded: RunningBroadcaster;
let failing: RunningBroadcaster;
let board: RunningWhiteboard;
let guardedBoard: RunningWhiteboard;
const clients: Disposable[] = [];

beforeAll(async () => {
  const guards = { ALLOWED_ORIGINS: "https://good.example", MAX_CONNECTIONS: "1" };
  const store = new FailingFeedStore();
  feed = await startBroadcaster({ MAX_IDS: "2", MAX_BODY_BYTES: "1024" });
  guarded = await startBroadcaster({ ...guards, API_TOKEN: "open-sesame" });
  failing = await startBroadcaster({}, store);
  board = await startWhiteboard();
  guardedBoard = await startWhiteboard(guards);
  clients.push(await FeedSocket.open(guarded.url), await EventSocket.open(guardedBoard.url, "websocket"));
  store.setState("stale");
});

afterAll(async () => {
  for (const client of clients) client[Symbol.dispose]();
  for (const service of [feed, guarded, failing, board, guardedBoard]) await service[Symbol.asyncDispose]();
});

const post = (url: string, body: string, headers: Record<string, string> = JSON_BODY): Promise<Answer> =>
  ask(url, { method: "POST", headers, body });

/** Asks again for what an answer has brought. */
async function askAgain(url: string): Promise<Answer> {
  const { headers } = await ask(url);
  return ask(url, { headers: { "If-None-Match": headers.etag ?? "" } });
}

/** Opens a session of long polling, and resolves with the address of its polls. */
async function openSession(): Promise<string> {
  const { body } = await ask(`${board.url}${POLLING}`);
  const { sid } = JSON.parse(body.slice(1)) as { sid: string };
  return `${board.url}${POLLING}&sid=${sid}`;
}

/** Sends more than may be; reads only the head of the answer, since the service reads no more than it must. */
async function sendTooMuch(): Promise<Answer> {
  const { pathname, search, port } = new URL(await openSession());
  const body = "4".repeat(300_000);
  const head = `POST ${pathname}${search} HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n`;
  const reply = (await exchange(Number(port), [head, body], (sofar) => sofar.includes("\r\n\r\n"))).toString();
  return { status: Number(reply.split(" ")[1]), type: "", headers: {}, body: "" };
}

type Call = readonly [operationId: string, status: number, what: string, call: () => Promise<Answer>];

const FEED_CALLS: readonly Call[] = [
  ["publishOne", 200, "an update", () => ask(`${feed.url}api?id=8&value=300`)],
  ["publishOne", 200, "an update with the token", () => ask(`${guarded.url}api?id=8&value=300`, { headers: TOKEN })],
  ["publishOne", 400, "no value", () => ask(`${feed.url}api?id=8`)],
  ["publishOne", 400, "two ids", () => ask(`${feed.url}api?id=8&id=9&value=1`)],
  ["publishOne", 401, "no token", () => ask(`${guarded.url}api?id=8&value=300`)],
  ["publishOne", 403, "another origin", () => ask(`${guarded.url}api?id=8&value=300`, { headers: BAD_ORIGIN })],
  ["publishOne", 422, "too many ids", () => publishTooMany((id) => ask(`${feed.url}api?id=${id}&value=1`))],
  ["publishOne", 500, "a fault of the store", () => ask(`${failing.url}api?id=8&value=300`)],
  ["publishOne", 503, "no store", () => ask(`${failing.url}api?id=away&value=300`)],
  ["publish", 200, "an update", () => post(`${feed.url}api`, UPDATE)],
  ["publish", 200, "two updates", () => post(`${feed.url}api`, `[${UPDATE},${UPDATE}]`)],
  ["publish", 400, "no JSON", () => post(`${feed.url}api`, "id=8")],
  ["publish", 400, "no body", () => post(`${feed.url}api`, "")],
  ["publish", 401, "no token", () => post(`${guarded.url}api`, UPDATE)],
  ["publish", 403, "another origin", () => post(`${guarded.url}api`, UPDATE, { ...JSON_BODY, ...BAD_ORIGIN })],
  ["publish", 413, "a body that is too long", () => post(`${feed.url}api`, `"${"x".repeat(1_024)}"`)],
  ["publish", 415, "text", () => post(`${feed.url}api`, UPDATE, { "Content-Type": "text/plain" })],
  ["publish", 422, "a number for a value", () => post(`${feed.url}api`, '{"id":"8","value":300}')],
  ["publish", 422, "an empty array", () => post(`${feed.url}api`, "[]")],
  ["publish", 500, "a fault of the store", () => post(`${failing.url}api`, UPDATE)],
  ["publish", 503, "no store", () => post(`${failing.url}api`, '{"id":"away","value":"300"}')],
  ["followFeed", 101, "a handshake", () => ask(`${feed.url}ws?hello=1&epoch=x&after=3`, { headers: HANDSHAKE })],
  ["followFeed", 400, "another version", () => handshake(feed, { "Sec-WebSocket-Version": "99" })],
  ["followFeed", 403, "another origin", () => roomyHandshake()],
  ["followFeed", 426, "no handshake", () => ask(`${feed.url}ws`)],
  ["followFeed", 503, "one client too many", () => handshake(guarded)],
];

const handshake = (service: RunningBroadcaster, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(`${service.url}ws`, { headers: { ...HANDSHAKE, ...headers } });

/** The origin is looked at where there is room. */
async function roomyHandshake(): Promise<Answer> {
  await using service = await startBroadcaster({ ALLOWED_ORIGINS: "https://good.example" });
  return await handshake(service, BAD_ORIGIN);
}

/** Publishes ids until the feed holds as many as it may. */
async function publishTooMany(publish: (id: string) => Promise<Answer>): Promise<Answer> {
  for (const id of ["8", "second"]) await publish(id);
  return await publish("third");
}

const BOARD_CALLS: readonly Call[] = [
  ["openOrPoll", 101, "a WebSocket", () => ask(`${board.url}${WEBSOCKET}`, { headers: HANDSHAKE })],
  ["openOrPoll", 200, "a session", () => ask(`${board.url}${POLLING}`)],
  ["openOrPoll", 400, "an unknown session", () => ask(`${board.url}${POLLING}&sid=nobody`)],
  [
    "openOrPoll",
    400,
    "a WebSocket of no session",
    () => ask(`${board.url}${WEBSOCKET}&sid=nobody`, { headers: HANDSHAKE }),
  ],
  ["openOrPoll", 403, "another origin", () => roomyPoll("GET")],
  ["openOrPoll", 503, "one client too many", () => ask(`${guardedBoard.url}${POLLING}`)],
  ["send", 200, "a packet", async () => ask(await openSession(), { method: "POST", body: "40" })],
  ["send", 400, "a packet without a session", () => ask(`${board.url}${POLLING}`, { method: "POST", body: "40" })],
  ["send", 413, "a body that is too long", sendTooMuch],
  ["preflight", 204, "a question", () => ask(`${board.url}${POLLING}`, { method: "OPTIONS", headers: BAD_ORIGIN })],
  ["preflight", 403, "another origin", () => roomyPoll("OPTIONS")],
  ["preflight", 503, "one client too many", () => ask(`${guardedBoard.url}${POLLING}`, { method: "OPTIONS" })],
  ["boardPage", 200, "a board", () => ask(`${board.url}b/retro`)],
  ["boardPage", 304, "what is known", () => askAgain(`${board.url}b/retro`)],
  ["boardPage", 404, "a name that is none", () => ask(`${board.url}b/no%20name`)],
];

async function roomyPoll(method: string): Promise<Answer> {
  await using service = await startWhiteboard({ ALLOWED_ORIGINS: "https://good.example" });
  return await ask(`${service.url}${POLLING}`, { method, headers: BAD_ORIGIN });
}

/** What both services answer; `services` are asked for when the tests run. */
const callsOf = (name: string, service: () => { readonly url: string; readonly adminUrl: string }): Call[] => [
  ["page", 200, `the page of the ${name}`, () => ask(service().url)],
  ["page", 304, `the page of the ${name}, which is known`, () => askAgain(service().url)],
  ...filesIn("pageFile").flatMap((file) => fileCalls("pageFile", `${file} of the ${name}`, () => service().url + file)),
  ["health", 200, `the health of the ${name}`, () => ask(`${service().adminUrl}healthz`)],
  ["readiness", 200, `the readiness of the ${name}`, () => ask(`${service().adminUrl}readyz`)],
  ["metrics", 200, `the metrics of the ${name}`, () => ask(`${service().adminUrl}metrics`)],
  ["version", 200, `the version of the ${name}`, () => ask(`${service().adminUrl}version`)],
];

const fileCalls = (operationId: string, what: string, url: () => string): Call[] => [
  [operationId, 200, what, () => ask(url())],
  [operationId, 206, `a part of ${what}`, () => ask(url(), { headers: { Range: "bytes=0-9" } })],
  [operationId, 304, `${what}, which is known`, () => askAgain(url())],
  [operationId, 412, `${what}, if it is another one`, () => ask(url(), { headers: { "If-Match": '"other"' } })],
  [operationId, 416, `what is behind ${what}`, () => ask(url(), { headers: { Range: "bytes=99999999-" } })],
];

/** The files that an operation lists. */
const filesIn = (operationId: string): readonly string[] =>
  operations.find((one) => one.operationId === operationId)?.parameters?.[0]?.schema.enum ?? [];

const CALLS: readonly Call[] = [
  ...FEED_CALLS,
  ...BOARD_CALLS,
  ...callsOf("broadcaster", () => feed),
  ...callsOf("whiteboard", () => board),
  ["readiness", 503, "a pod that has lost its store", () => ask(`${failing.adminUrl}readyz`)],
  ...filesIn("socketClient").flatMap((file) => fileCalls("socketClient", file, () => `${board.url}socket.io/${file}`)),
];

describe("docs/reference/openapi.yaml", () => {
  test("is valid", async () => {
    const { valid, errors } = await new Validator().validate({ ...openApi });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
  });

  test("has examples that are as their schemas say", () => {
    const all = examples();
    expect(all.length).toBeGreaterThan(8);
    expect(all.flatMap(({ value, schema }) => mistakesIn(value, schema))).toEqual([]);
  });

  test("[A4] has no answer that the calls below do not see", () => {
    const seen = new Set(CALLS.map(([operationId, status]) => `${operationId} ${status}`));
    expect(documentedAnswers().filter((answer) => !seen.has(answer))).toEqual([]);
  });
});

test.each(CALLS)("%s answers %i to %s, as it is documented", async (operationId, status, _what, call) => {
  const answer = await call();
  expect(answer.status).toBe(status);
  expect(mistakesOf(operationId, answer)).toEqual([]);
});

describe("what is not documented", () => {
  const urlsOf = (path: string): string[] => {
    const file = path.startsWith("/socket.io/") ? "socket.io.js" : "main.js";
    const example = path.replace("{board}", "retro").replace("{file}", file).slice(1);
    const ports: Record<string, string> = {
      "8888": feed.url,
      "8889": feed.adminUrl,
      "3000": board.url,
      "3001": board.adminUrl,
    };
    const servers = openApi.paths[path]?.servers ?? openApi.servers;
    return servers.map(({ url }) => `${ports[new URL(url).port]}${example}`);
  };
  /** The methods of a path: those that it lists, and where it can only be read, `HEAD`. */
  const methodsOf = (path: string): string[] => {
    const { get, post, options } = openApi.paths[path] ?? {};
    const listed = [...(get ? ["GET"] : []), ...(post ? ["POST"] : []), ...(options ? ["OPTIONS"] : [])];
    return listed.length === 1 ? ["GET", "HEAD"] : listed;
  };

  test.each(["PUT", "PATCH", "DELETE", "POST", "OPTIONS", "HEAD"])("[A4] %s is refused", async (method) => {
    for (const path of Object.keys(openApi.paths)) {
      const methods = methodsOf(path);
      for (const url of methods.includes(method) ? [] : urlsOf(path)) {
        const { status, type, headers } = await ask(url, { method });
        const isAdmin = [feed.adminUrl, board.adminUrl].some((admin) => url.startsWith(admin));
        const expected = { status: 405, type: isAdmin ? "text/plain" : "application/problem+json" };
        expect({ url, status, type, allow: headers.allow }).toEqual({ url, ...expected, allow: methods.join(", ") });
      }
    }
  });

  test("[A4] other paths get 404, for every method", async () => {
    for (const url of [feed.url, board.url, feed.adminUrl, board.adminUrl]) {
      for (const path of [
        "nothing",
        "b",
        "main.js/",
        "api/8",
        "socket.io",
        "socket.io/nothing",
        "%",
        "..%2fpackage.json",
      ]) {
        for (const method of ["GET", "POST", "OPTIONS"]) {
          const { status } = await ask(`${url}${path}`, { method });
          expect({ url, path, method, status }).toEqual({ url, path, method, status: 404 });
        }
      }
    }
  });

  test("HEAD is answered as GET, without the body", async () => {
    for (const url of Object.keys(openApi.paths)
      .filter((path) => methodsOf(path).includes("HEAD"))
      .flatMap(urlsOf)) {
      const [get, head] = [await ask(url), await ask(url, { method: "HEAD" })];
      expect({ url, status: head.status, type: head.type, body: head.body }).toEqual({
        url,
        status: get.status,
        type: get.type,
        body: "",
      });
    }
  });

  test("[A1] the admin ports have no other paths", async () => {
    const documented = Object.keys(openApi.paths).filter((path) => urlsOf(path)[0]?.startsWith(feed.adminUrl));
    for (const { adminUrl } of [feed, board]) {
      const { status, body } = await ask(`${adminUrl}nothing`);
      expect(status).toBe(404);
      expect(body.match(/\/\w+/g)).toEqual(documented);
    }
  });

  test("every path in the code of the services is one of the document's", () => {
    const documented = Object.keys(openApi.paths).map((path) => path.replace(/\{.*/, ""));
    const sources = filesOf(/^(packages\/(service|protocol)\/src|apps\/\w+\/src\/server)\/.*(?<!\.test)\.ts$/);
    const paths = sources.flatMap((file) => [
      ...readFileSync(`${root}/${file}`, "utf8").matchAll(/"(\/[a-z][\w.-]*\/?)"/g),
    ]);
    const names = new Set(paths.map(([, path = ""]) => path));
    expect(names.size).toBeGreaterThan(7);
    const files = filesIn("pageFile").map((file) => `/${file}`);
    expect([...names].filter((path) => !documented.includes(path) && !files.includes(path))).toEqual([]);
  });

  test.each([
    ["pageFile", pageDirectory],
    ["pageFile", whiteboardPageDirectory],
    ["socketClient", `${root}/apps/whiteboard/dist/socket.io`],
  ])("%s lists all files of %s", (operationId, directory) => {
    expect(readdirSync(directory).sort()).toEqual([...filesIn(operationId)].sort());
  });
});
