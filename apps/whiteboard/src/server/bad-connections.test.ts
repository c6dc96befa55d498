import { once } from "node:events";
import { connect } from "node:net";
import { BOARD_PROTOCOL } from "@crosspod/protocol";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { EventSocket, type Transport } from "../../../../test/helpers/board/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../test/helpers/board/running-whiteboard.ts";
import { DEADLINE_MS, within } from "../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../test/helpers/service/metrics.ts";

/** Opens a bare WebSocket to the service and resolves with it and socket.io's session, before anything was said. */
async function openRaw(url: string): Promise<WebSocket> {
  const socket = new WebSocket(new URL("socket.io/?EIO=4&transport=websocket&client=crosspod", url));
  await within(new Promise((resolve) => socket.addEventListener("message", resolve, { once: true })), "the session");
  return socket;
}

/** Sends a request as bytes and resolves with the whole answer. */
async function exchange(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  await within(once(socket, "close"), "the end of the answer");
  return answer;
}

const websocketHandshake = (path: string, ...headers: string[]): string[] => [
  `GET ${path} HTTP/1.1`,
  "Host: whiteboard.test",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ...headers,
];

const DEEP = `42["o",${"[".repeat(100_000)}${"]".repeat(100_000)}]`;

/** What is sent on a bare connection that is on the namespace already. */
const BROKEN_PACKETS: readonly (readonly [what: string, packet: string | Uint8Array])[] = [
  ["text that is no packet", "hello"],
  ["an empty packet", ""],
  ["a packet of a type that there is not", "49"],
  ["an event that is an object", "42{}"],
  ["an event that is no JSON", '42["o"'],
  ["an event without a name", "42[]"],
  ["an event with a name that is an object", "42[{}]"],
  ["an event with a name that is reserved", '42["connect"]'],
  ["an event with the name of a leave", '42["disconnecting"]'],
  ["an event with a name that is reserved by Node", '42["newListener"]'],
  ["binary that nobody announced", new Uint8Array([1, 2, 3])],
  ["too many attachments", '45100-["o",{"_placeholder":true,"num":0}]'],
  ["attachments without a number", '45-["o"]'],
  ["text where an attachment was announced", '451-["o",{"_placeholder":true,"num":0}]42["o"]'],
  ["an error of its own", '44{"message":"x"}'],
  ["a message that is far too long", "4".repeat(300_000)],
];

/** What is sent on a bare connection, is of no use, and does no harm. */
const HARMLESS_PACKETS: readonly (readonly [what: string, packet: string])[] = [
  ["a reply to nothing", "43999[1]"],
  ["an event without data", "42"],
  ["an event that is nested very deeply", DEEP],
  ["a name that is a number", "42[7]"],
  ["an event with the name of an error", '42["error",{"message":"x"}]'],
  ["an event with the name of a property", '42["__proto__",{"__proto__":{"polluted":1}}]'],
  ["another namespace", "40/admin,"],
];

describe("[W9] connections that break the rules of socket.io", () => {
  let whiteboard: RunningWhiteboard;
  let bert: EventSocket;
  let watcher: EventSocket;
  let n = 0;

  beforeAll(async () => {
    whiteboard = await startWhiteboard();
    bert = await EventSocket.open(whiteboard.url, "websocket");
    watcher = await EventSocket.open(whiteboard.url, "polling");
    await bert.join({ clients: ["bert-000"] });
    await watcher.join({ clients: ["watcher0"] });
  });

  afterAll(async () => {
    bert[Symbol.dispose]();
    watcher[Symbol.dispose]();
    await whiteboard[Symbol.asyncDispose]();
  });

  const othersGoOn = async (): Promise<void> => {
    watcher.received.length = 0;
    n += 1;
    await bert.store("bert-000", n, `p${n.toString(36)},ff0000,w,,AAAA`);
    await watcher.untilTrue("what was drawn", () => watcher.all("o").length > 0);
  };

  /** Connects to the namespace and joins the board. */
  const openJoined = async (): Promise<WebSocket> => {
    const raw = await openRaw(whiteboard.url);
    const joined = new Promise<void>((resolve) => {
      raw.addEventListener("message", ({ data }) => {
        if (String(data).startsWith("40")) {
          const request = { protocol: BOARD_PROTOCOL, board: "default", clients: ["mallory0"], name: "Mallory" };
          raw.send(`421${JSON.stringify(["join", request])}`);
        }
        if (String(data).startsWith("431")) resolve();
      });
    });
    raw.send("40");
    await within(joined, "the join");
    return raw;
  };

  test.each(BROKEN_PACKETS)("%s ends the connection of who sent it, and nobody else's", async (_what, packet) => {
    const raw = await openJoined();
    const closed = new Promise((resolve) => raw.addEventListener("close", resolve));
    raw.send(packet);
    await within(closed, "the close");
    await othersGoOn();
  });

  test.each(HARMLESS_PACKETS)("%s does no harm, to who sent it either", async (_what, packet) => {
    const raw = await openJoined();
    const answered = new Promise<void>((resolve) => {
      raw.addEventListener("message", ({ data }) => {
        if (String(data).startsWith("437")) resolve();
      });
    });
    raw.send(packet);
    raw.send('427["name","Mallory"]');
    await within(answered, "an answer");
    raw.close();
    await othersGoOn();
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  test("an event before any namespace ends the connection, and nobody else's", async () => {
    const raw = await openRaw(whiteboard.url);
    raw.send('42["o","mallory0",1,"c"]');
    await within(new Promise((resolve) => raw.addEventListener("close", resolve)), "the close");
    await othersGoOn();
  });

  test.each([
    ["a transport that there is not", "EIO=4&transport=carrier", 400],
    ["an old protocol", "EIO=3&transport=polling", 400],
    ["a session that there is not", "EIO=4&transport=polling&sid=nobody", 400],
    ["a session with the name of a property", "EIO=4&transport=polling&sid=__proto__", 400],
    ["a WebSocket that does not ask for an upgrade", "EIO=4&transport=websocket", 400],
  ])("%s is answered with an error, and counted", async (_what, query, status) => {
    const response = await fetch(new URL(`socket.io/?${query}`, whiteboard.url));
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
    const metrics = await (await fetch(new URL("metrics", whiteboard.adminUrl))).text();
    expect(metrics).toMatch(/crosspod_board_handshakes_failed_total\{reason="[A-Z][a-zA-Z ]+"\} [1-9]/);
    await othersGoOn();
  });

  test("a body of a long poll that is too long is refused", async () => {
    const opened = await fetch(new URL("socket.io/?EIO=4&transport=polling&client=crosspod", whiteboard.url));
    const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string };
    const url = new URL(`socket.io/?EIO=4&transport=polling&sid=${sid}`, whiteboard.url);
    const posted = await fetch(url, { method: "POST", body: "4".repeat(300_000) }).catch(() => undefined);
    expect([413, undefined]).toContain(posted?.status);
    await othersGoOn();
  });

  test("a WebSocket at another path is refused with a problem document", async () => {
    const answer = await exchange(whiteboard.port, websocketHandshake("/ws"));
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).toContain('"type":"urn:crosspod:problem:not-found"');
    await othersGoOn();
  });

  test("a target that is no URL is nothing, whatever it asks for", async () => {
    const target = "http://[/socket.io/?EIO=4&transport=";
    const poll = [`GET ${target}polling HTTP/1.1`, "Host: whiteboard.test", "Connection: close"];
    for (const lines of [websocketHandshake(`${target}websocket`), poll]) {
      expect(await exchange(whiteboard.port, lines)).toMatch(/^HTTP\/1\.1 404 /);
    }
    await othersGoOn();
  });

  test("a request for another upgrade is served as if it had not asked", async () => {
    const headers = ["GET /healthz HTTP/1.1", "Host: whiteboard.test", "Connection: Upgrade", "Upgrade: h2c"];
    expect(await exchange(whiteboard.port, headers)).toMatch(/^HTTP\/1\.1 404 Not Found/);
    await othersGoOn();
  });
});

describe.each<Transport>(["websocket", "polling"])("handshakes over %s", (transport) => {
  /** The answer to a handshake, as bytes. */
  const handshake = (port: number, ...headers: string[]): Promise<string> => ask(port, "", ...headers);
  const ask = (port: number, query: string, ...headers: string[]): Promise<string> =>
    transport === "websocket"
      ? exchange(port, websocketHandshake(`/socket.io/?EIO=4&transport=websocket${query}`, ...headers))
      : exchange(port, [
          `GET /socket.io/?EIO=4&transport=polling${query} HTTP/1.1`,
          "Host: whiteboard.test",
          "Connection: close",
          ...headers,
        ]);

  test("[A5] a page of an origin that is not listed is refused with 403", async () => {
    await using whiteboard = await startWhiteboard({ ALLOWED_ORIGINS: "https://good.test" });
    const answer = await handshake(whiteboard.port, "Origin: https://bad.test");
    expect(answer).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(answer).toContain("Content-Type: application/problem+json");
    expect(answer).toContain('"type":"urn:crosspod:problem:origin-not-allowed"');
  });

  test("[A5] a handshake with a session id that is empty, or one of several, is refused all the same", async () => {
    await using whiteboard = await startWhiteboard({ ALLOWED_ORIGINS: "https://good.test" });
    for (const query of ["&sid=", "&sid", "&sid=&sid=x", "&sid=x&sid=", "&sid=x&sid=y"]) {
      const answer = await ask(whiteboard.port, query, "Origin: https://bad.test");
      expect(answer).toMatch(/^HTTP\/1\.1 40[03] /);
    }
    expect(await readMetric(whiteboard.adminUrl, "crosspod_board_clients")).toBe(0);
  });

  test("[A5] a page of a listed origin, of the service itself, and who is no page may connect", async () => {
    await using whiteboard = await startWhiteboard({ ALLOWED_ORIGINS: "https://good.test" });
    const { url } = whiteboard;
    for (const origin of ["https://good.test", new URL(url).origin, undefined]) {
      const extraHeaders = origin === undefined ? {} : { origin };
      using socket = await EventSocket.open(url, transport, { extraHeaders });
      await socket.join();
    }
  });

  test("[A6] one client too many is answered with 503, and the others go on; there is room again when one leaves", async () => {
    await using whiteboard = await startWhiteboard({ MAX_CONNECTIONS: "2" });
    using anna = await EventSocket.open(whiteboard.url, transport);
    using bert = await EventSocket.open(whiteboard.url, transport);
    await anna.join({ clients: ["anna-000"] });
    await bert.join({ clients: ["bert-000"] });
    const answer = await handshake(whiteboard.port);
    expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
    expect(answer).toContain("Retry-After: 5");
    expect(answer).toContain('"type":"urn:crosspod:problem:too-many-connections"');
    await anna.store("anna-000", 1, "c");
    bert[Symbol.dispose]();
    await vi.waitFor(
      async () => expect(await readMetric(whiteboard.adminUrl, "crosspod_board_clients")).toBe(1),
      DEADLINE_MS,
    );
    using carl = await EventSocket.open(whiteboard.url, transport);
    await carl.join({ clients: ["carl-000"] });
  });
});
