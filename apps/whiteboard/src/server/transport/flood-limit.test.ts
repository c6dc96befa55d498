import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { EventSocket } from "../../../../../test/helpers/board/event-socket.ts";
import { type RunningWhiteboard, startWhiteboard } from "../../../../../test/helpers/board/running-whiteboard.ts";
import { within } from "../../../../../test/helpers/deadline.ts";
import { readMetric } from "../../../../../test/helpers/service/metrics.ts";

describe("a client that floods", () => {
  let whiteboard: RunningWhiteboard;

  beforeEach(async () => {
    whiteboard = await startWhiteboard({ MAX_MESSAGES_PER_SECOND: "20" });
  });

  afterEach(() => whiteboard[Symbol.asyncDispose]());

  test.each([
    ["events", (flooding: EventSocket, count: number) => flooding.socket.emit("c", count, count)],
    // Raw packets: asking for a namespace never becomes an event.
    ["namespaces", (flooding: EventSocket, count: number) => flooding.socket.io.engine.write(`0/n${count},`)],
  ])("[W9] of %s is closed and counted, and the others go on", async (_what, send) => {
    using anna = await EventSocket.open(whiteboard.url, "websocket");
    await anna.join();
    using flooding = await EventSocket.open(whiteboard.url, "websocket", { reconnection: false });
    const closed = new Promise<void>((resolve) => flooding.socket.once("disconnect", () => resolve()));
    for (let count = 0; count < 2_000; count += 1) send(flooding, count);
    await within(closed, "the end of the flood's connection");
    await expect.poll(() => readMetric(whiteboard.adminUrl, "crosspod_board_floods_closed_total")).toBe(1);
    await anna.store("anna-000", 1, "c");
  });
});
