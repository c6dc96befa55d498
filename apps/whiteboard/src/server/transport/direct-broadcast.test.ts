import { Agent } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EventSocket } from "../../../../../test/helpers/board/event-socket.ts";
import { joinBare, maskedFrame } from "../../../../../test/helpers/board/frozen-board-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../../test/helpers/board/running-whiteboard.ts";
import { pointText, put } from "../../../../../test/helpers/board/strokes.ts";
import { readMetric } from "../../../../../test/helpers/service/metrics.ts";

const ANNA = "anna-000";
const BERT = "bert-000";

/** More long operations than the buffers of a connection hold. */
const FULL_AFTER = 200;

let whiteboard: RunningWhiteboard;

beforeEach(async () => {
  whiteboard = await startWhiteboard({});
});

afterEach(() => whiteboard[Symbol.asyncDispose]());

test.each([
  ["a WebSocket", ["websocket"]],
  ["long polling", ["polling"]],
])("[W7] broadcasts come in order, and none twice, over %s", async (_, transports) => {
  using anna = await EventSocket.open(whiteboard.url, "websocket");
  using bert = await EventSocket.open(whiteboard.url, "polling", { transports });
  await anna.join();
  await bert.join({ clients: [BERT] });
  await drawTogether(anna, bert);
});

test("[W7] a client that went over to a WebSocket gets broadcasts there, though its first connection is still open", async () => {
  const agent = new Agent({ keepAlive: true });
  using anna = await EventSocket.open(whiteboard.url, "websocket");
  using bert = await EventSocket.open(whiteboard.url, "polling", {
    transports: ["polling", "websocket"],
    // As a browser does; the types know of an agent's name only.
    agent: agent as unknown as string,
  });
  await expect.poll(() => bert.socket.io.engine.transport.name).toBe("websocket");
  await anna.join();
  await bert.join({ clients: [BERT] });
  await drawTogether(anna, bert);
  agent.destroy();
});

test("[W7] what is sent to one alone keeps its place between broadcasts, also while the socket is full", async () => {
  const slow = await joinBare(whiteboard.port);
  using anna = await EventSocket.open(whiteboard.url, "websocket");
  await anna.join();
  let received = "";
  slow.on("data", (data: Buffer) => {
    received += data.toString("latin1");
  });
  slow.pause();
  for (let n = 1; n <= FULL_AFTER; n += 1) await anna.store(ANNA, n, `a1,${pointText(30_000)}`);
  for (let n = 1; n <= 10; n += 1) {
    slow.write(maskedFrame(`42["o","${BERT}",9,"c"]`));
    await expect.poll(() => readMetric(whiteboard.adminUrl, 'crosspod_board_refused_total{code="gap"}')).toBe(n);
    await anna.store(ANNA, FULL_AFTER + n, `a1,${pointText(10)}`);
  }
  slow.resume();
  await expect.poll(() => received.includes(`42["o",${FULL_AFTER + 10},`)).toBe(true);
  const came = [...received.matchAll(/42\["(refused|o",\d+)/g)].map(([, what = ""]) => what.replace('o",', ""));
  const drawn = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}`);
  expect(came).toEqual([
    ...drawn(1, FULL_AFTER),
    ...drawn(FULL_AFTER + 1, FULL_AFTER + 10).flatMap((seq) => ["refused", seq]),
  ]);
  slow.destroy();
});

async function drawTogether(anna: EventSocket, bert: EventSocket): Promise<void> {
  for (let n = 1; n <= 50; n += 1) {
    anna.submit(ANNA, n, put(`${ANNA}.${n}`));
    bert.submit(BERT, n, put(`${BERT}.${n}`));
  }
  await bert.untilTrue("all that was drawn", () => bert.operations.length >= 100);
  expect(bert.operations.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
}
