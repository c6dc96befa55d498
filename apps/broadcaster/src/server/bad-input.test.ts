import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FeedSocket } from "../../../../test/helpers/feed/feed-socket.ts";
import { type RunningBroadcaster, startBroadcaster } from "../../../../test/helpers/feed/running-broadcaster.ts";
import { exchange } from "../../../../test/helpers/network/raw-http.ts";

// One service and one witness for the whole table: after each wrong thing it serves, and the witness noticed nothing.
let broadcaster: RunningBroadcaster;
let witness: FeedSocket;
let published = 0;

beforeAll(async () => {
  broadcaster = await startBroadcaster({ MAX_BODY_BYTES: "4096", MAX_IDS: "50", ALLOWED_ORIGINS: "https://a.example" });
  witness = await FeedSocket.open(broadcaster.url);
});

afterAll(async () => {
  witness[Symbol.dispose]();
  await broadcaster[Symbol.asyncDispose]();
});

async function expectStillServing(): Promise<void> {
  published += 1;
  const response = await fetch(`${broadcaster.url}api?id=witness&value=${published}`);
  expect(await response.json()).toMatchObject({ revision: published });
  await witness.untilValue("witness", `${published}`);
  expect(witness.received).toHaveLength(published);
}

/** A POST with a body as it is. */
const post = (body: string | Buffer, headers: Record<string, string> = {}): string | Buffer => {
  const bytes = Buffer.from(body);
  const all = {
    Host: "x",
    Connection: "close",
    "Content-Type": "application/json",
    "Content-Length": `${bytes.length}`,
  };
  const head = Object.entries({ ...all, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.concat([Buffer.from(`POST /api HTTP/1.1\r\n${head.join("")}\r\n`), bytes]);
};

/** A POST whose length nobody knows before its end. */
const chunked = (body: string): string =>
  `POST /api HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`;

const get = (target: string, headers = ""): string =>
  `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;

const api = (query: string): string => get(`/api${query}`);

const long = (length: number): string => "x".repeat(length);

describe("wrong requests", () => {
  test.each<[string, string | Buffer, number, string]>([
    ["GET without a query", api(""), 400, "id is missing"],
    ["GET with an empty query", api("?"), 400, "id is missing"],
    ["GET without an id", api("?value=300"), 400, "id is missing"],
    ["GET without a value", api("?id=8"), 400, "value is missing"],
    ["GET with an empty id", api("?id=&value=300"), 400, "id is empty"],
    ["GET with an empty value", api("?id=8&value="), 400, "value is empty"],
    ["GET with a value of spaces", api("?id=8&value=+%20+"), 400, "value is empty"],
    ["GET with two ids", api("?id=8&id=9&value=300"), 400, "id is given more than once"],
    ["GET with two values", api("?id=8&value=1&value=2"), 400, "value is given more than once"],
    ["GET with a long id", api(`?id=${long(65)}&value=1`), 400, "id is 65 characters long; the limit is 64"],
    ["GET with a long value", api(`?id=8&value=${long(257)}`), 400, "value is 257 characters long; the limit is 256"],
    ["GET with a line break", api("?id=8&value=3%0A0"), 400, "value contains a control character"],
    ["GET with a zero byte", api("?id=%00&value=3"), 400, "id contains a control character"],
    ["GET with DEL", api("?id=8&value=%7F"), 400, "value contains a control character"],
    ["GET with bytes that are not UTF-8", api("?id=8&value=%FF"), 400, "value is not percent-encoded UTF-8"],
    ["GET with an encoded surrogate", api("?id=%ED%A0%80&value=1"), 400, "id is not percent-encoded UTF-8"],
    ["GET with an overlong encoding", api("?id=%C0%AF&value=1"), 400, "id is not percent-encoded UTF-8"],
    ["GET with half an escape", api("?id=8&value=%2"), 400, "value is not percent-encoded UTF-8"],
    ["GET with array brackets", api("?id[]=8&value[]=300"), 400, "id is missing"],
    ["GET with a header that is too large", get("/api?id=8&value=1", `X: ${long(20_000)}\r\n`), 431, ""],
    ["GET with a target that is too long", api(`?id=8&value=${long(20_000)}`), 431, ""],
    [
      "PUT",
      "PUT /api?id=8&value=3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      405,
      "this path takes GET, POST only",
    ],
    [
      "HEAD, which must change nothing",
      "HEAD /api?id=8&value=3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      405,
      "",
    ],
    ["a path below", get("/api/8?value=3"), 404, "nothing at this path"],
    [
      "DELETE",
      "DELETE /api?id=8 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      405,
      "this path takes GET, POST only",
    ],
    ["another path", get("/nothing"), 404, "there is nothing at this path"],
    ["a path beside the page's folder", get("/../../package.json"), 404, "there is nothing at this path"],
    ["an encoded path beside the page's folder", get("/..%2f..%2fpackage.json"), 404, "nothing at this path"],
    ["a path with a zero byte", get("/%00"), 404, "nothing at this path"],
    ["a path that cannot be decoded", get("/%ff"), 404, "nothing at this path"],
    ["an origin that is not listed", get("/api?id=8&value=3", "Origin: https://b.example\r\n"), 403, "b.example"],
    ["a method that HTTP does not have", "PUBLISH /api HTTP/1.1\r\nHost: x\r\n\r\n", 400, ""],
    ["what is not HTTP", "hello\r\n\r\n", 400, ""],
    ["HTTP/1.1 without a host", "GET /api?id=8&value=1 HTTP/1.1\r\nConnection: close\r\n\r\n", 400, ""],
    ["two lengths of one body", post("{}", { "Transfer-Encoding": "chunked" }), 400, ""],
    ["POST without a body", post(""), 400, "body must be JSON"],
    ["POST with what is not JSON", post("id=8"), 400, "body must be JSON"],
    ["POST with half of JSON", post('{"id":"8"'), 400, "body must be JSON"],
    ["POST with bytes that are not UTF-8", post(Buffer.from('{"id":"8","value":"\xff"}', "latin1")), 400, "not UTF-8"],
    ["POST with UTF-16", post(Buffer.from('{"id":"8","value":"1"}', "utf16le")), 400, "body must be JSON"],
    ["POST of a form", post("id=8", { "Content-Type": "application/x-www-form-urlencoded" }), 415, "application/json"],
    ["POST of text", post('{"id":"8","value":"3"}', { "Content-Type": "text/plain" }), 415, "application/json"],
    ["POST without a type", post("{}", { "Content-Type": "" }), 415, "application/json"],
    ["POST with gzip", post(randomBytes(20), { "Content-Encoding": "gzip" }), 415, ""],
    ["POST above the limit", post(`"${long(5_000)}"`), 413, "4096"],
    ["POST in chunks above the limit", chunked(long(5_000)), 413, "4096"],
    ["POST that claims more than the limit", post("{}", { "Content-Length": "9999999" }), 413, "4096"],
    ["POST of a number", post("300"), 422, "body must be an object"],
    ["POST of null", post("null"), 422, "body must be an object"],
    ["POST of an empty array", post("[]"), 422, "at least one update"],
    ["POST of too many updates", post(`[${long(1_001).replaceAll("x", "1,").slice(0, -1)}]`), 422, "the limit is 1000"],
    ["POST of an array in an array", post('[[{"id":"8","value":"3"}]]'), 422, "[0] must be an object"],
    ["POST with a number for an id", post('{"id":8,"value":"300"}'), 422, "id must be a string"],
    ["POST with a number for a value", post('{"id":"8","value":300}'), 422, "value must be a string"],
    ["POST with an object for a value", post('{"id":"8","value":{}}'), 422, "value must be a string"],
    [
      "POST with a wrong third update",
      post('[{"id":"a","value":"1"},{"id":"b","value":"1"},{}]'),
      422,
      "[2].id is missing",
    ],
    ["POST with half a surrogate pair", post('{"id":"8","value":"\\ud83d"}'), 422, "surrogate"],
    ["POST with a control character", post('{"id":"8","value":"\\u0007"}'), 422, "control character"],
    [
      "POST of more ids than the feed may hold",
      post(JSON.stringify(Array.from({ length: 60 }, (_, index) => ({ id: `${index}`, value: "1" })))),
      422,
      "more than 50 ids",
    ],
  ])("[A4] [B3] %s", async (_what, bytes, status, detail) => {
    const reply = (await exchange(broadcaster.port, bytes)).toString();
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    if (detail !== "") {
      expect(reply).toMatch(/Content-Type: application\/problem\+json/i);
      expect(reply).toContain(detail);
    }
    await expectStillServing();
  });
});

/** A WebSocket handshake with headers changed, or left out where they are undefined. */
const handshake = (changes: Record<string, string | undefined> = {}, target = "/ws", method = "GET"): string => {
  const headers = {
    Host: "x",
    Connection: "Upgrade",
    Upgrade: "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
};

describe("wrong handshakes", () => {
  test.each<[string, string, number, string]>([
    ["to another path", handshake({}, "/feed"), 404, "the WebSocket is at /ws"],
    ["to a path below", handshake({}, "/ws/1"), 404, "the WebSocket is at /ws"],
    [
      "from an origin that is not listed",
      handshake({ Origin: "https://b.example" }),
      403,
      "pages from https://b.example",
    ],
    ["by POST", handshake({ "Content-Length": "0" }, "/ws", "POST"), 405, "a WebSocket handshake is a GET"],
    ["in the form of a whole URL, elsewhere", handshake({}, "http://x/nothing"), 404, "the WebSocket is at /ws"],
    ["without a key", handshake({ "Sec-WebSocket-Key": undefined }), 400, "urn:crosspod:problem:bad-handshake"],
    [
      "with a key of the wrong length",
      handshake({ "Sec-WebSocket-Key": "abc" }),
      400,
      "urn:crosspod:problem:bad-handshake",
    ],
    ["without a version", handshake({ "Sec-WebSocket-Version": undefined }), 400, "urn:crosspod:problem:bad-handshake"],
    [
      "with a version of the future",
      handshake({ "Sec-WebSocket-Version": "99" }),
      400,
      "urn:crosspod:problem:bad-handshake",
    ],
    ["with a broken extension", handshake({ "Sec-WebSocket-Extensions": "permessage-deflate; =" }), 101, ""],
    ["without an upgrade", get("/ws"), 426, "/ws is a WebSocket"],
    ["to another protocol", handshake({ Upgrade: "h2c" }, "/ws"), 426, "/ws is a WebSocket"],
    ["to another protocol, at another path", handshake({ Upgrade: "irc" }, "/nothing"), 404, "nothing at this path"],
  ])("[A4] [B6] %s", async (_what, bytes, status, detail) => {
    const isWhole = (reply: Buffer): boolean => status === 101 && reply.includes("\r\n\r\n");
    const reply = (await exchange(broadcaster.port, bytes, isWhole)).toString();
    expect(reply).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(reply).toContain(detail);
    await expectStillServing();
  });
});

/** A client's frame, masked with zeros unless it must not be. */
const frame = (first: number, payload: Buffer | string, changes: { mask?: boolean; length?: number } = {}): Buffer => {
  const bytes = Buffer.from(payload);
  const length = changes.length ?? bytes.length;
  const mask = changes.mask === false ? 0 : 0x80;
  const short = Buffer.from([first, mask | length]);
  const medium = Buffer.from([first, mask | 126, length >> 8, length & 255]);
  return Buffer.concat([length < 126 ? short : medium, Buffer.alloc(mask ? 4 : 0), bytes]);
};
const TEXT = 0x81;

describe("wrong frames", () => {
  test.each<[string, Buffer | Buffer[], number]>([
    ["a binary message", frame(0x82, "abc"), 1003],
    ["a message above the limit", frame(TEXT, long(4_097)), 1009],
    ["a message in pieces above the limit", [frame(0x01, long(3_000)), frame(0x80, long(3_000))], 1009],
    ["text that is not UTF-8", frame(TEXT, Buffer.from([0xff, 0xfe])), 1007],
    ["a frame without a mask", frame(TEXT, "abc", { mask: false }), 1002],
    ["a reserved bit", frame(0xc1, "abc"), 1002],
    ["an opcode that does not exist", frame(0x83, "abc"), 1002],
    ["a piece that continues nothing", frame(0x80, "abc"), 1002],
    ["a new message inside of another", [frame(0x01, "abc"), frame(TEXT, "abc")], 1002],
    ["a ping in pieces", frame(0x09, "abc"), 1002],
    ["a ping that is too long", frame(0x89, long(126)), 1002],
    ["a close with half a code", frame(0x88, Buffer.from([3])), 1002],
    ["a close with a reserved code", frame(0x88, Buffer.from([3, 237])), 1002],
    ["more messages than a client may send", Array.from({ length: 21 }, () => frame(TEXT, "hello")), 1008],
    ["more pings than a client may send", Array.from({ length: 21 }, () => frame(0x89, "")), 1008],
  ])("[B11] %s", async (_what, frames, code) => {
    // The last frame is a close, whose payload begins with the code.
    const closeAt = (reply: Buffer): number => reply.indexOf(0x88, reply.indexOf("\r\n\r\n") + 4);
    const bytes = [handshake(), frames].flat();
    const reply = await exchange(broadcaster.port, bytes, (sofar) => sofar.includes("\r\n\r\n") && closeAt(sofar) > 0);
    expect(reply.readUInt16BE(closeAt(reply) + 2)).toBe(code);
    await expectStillServing();
  });

  test("[B11] messages within the limit are ignored", async () => {
    using client = await FeedSocket.open(broadcaster.url);
    for (let count = 0; count < 20; count += 1) client.ws.send('{"id":"8","value":"300"}');
    await expectStillServing();
    await client.untilValue("witness", `${published}`);
    expect(client.ws.readyState).toBe(client.ws.OPEN);
  });
});
