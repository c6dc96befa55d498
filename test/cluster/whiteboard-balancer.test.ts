import { BoardClient, type BoardTrouble } from "@crosspod/client";
import { describe, expect, test } from "vitest";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { HttpBalancer, type HttpBalancerOptions } from "../helpers/http-balancer.ts";
import { LogLines } from "../helpers/log-lines.ts";
import { startWhiteboard } from "../helpers/running-whiteboard.ts";

const DEADLINE = { timeout: DEADLINE_MS };
const STYLE = { color: "ff0000", width: 3, pressure: false };

/** What a test does with a client of two pods behind a balancer, and with the log of the pods. */
type Scene = (
  client: BoardClient,
  heard: { readonly troubles: readonly unknown[]; warnings(): readonly unknown[] },
) => Promise<void>;

async function behindBalancer(options: HttpBalancerOptions, play: Scene): Promise<void> {
  const { log, lines } = new LogLines();
  await using podA = await startWhiteboard({ POD_NAME: "pod-a" }, { log });
  await using podB = await startWhiteboard({ POD_NAME: "pod-b" }, { log });
  await using balancer = await HttpBalancer.start([podA.port, podB.port], options);
  const client = new BoardClient({ url: balancer.url, board: "plans", name: "Ada" });
  const troubles: (BoardTrouble | undefined)[] = [];
  client.onTrouble((trouble) => troubles.push(trouble));
  try {
    client.open();
    await play(client, { troubles, warnings: () => lines.filter(({ level }) => level === "warn") });
  } finally {
    client.close();
  }
}

/** A stroke is saved over a connection that lasts, and nobody hears of any trouble. */
const works: Scene = async (client, { troubles, warnings }) => {
  client.beginStroke(STYLE, { x: 100, y: 100 }).end();
  await expect.poll(() => client.saveState, DEADLINE).toEqual({ state: "saved" });
  expect(client.state).toBe("live");
  expect(troubles).toEqual([]);
  expect(warnings()).toEqual([]);
};

describe("long polling through a balancer over two pods", () => {
  test("[W1] works when it keeps a session on one of them", () =>
    behindBalancer({ isSticky: true, refusesUpgrades: true }, works));

  test("[W1] is said not to work when it does not, to the person and to the operator", () =>
    behindBalancer({ refusesUpgrades: true }, async (client, { warnings }) => {
      client.beginStroke(STYLE, { x: 100, y: 100 }).end();
      await expect.poll(() => client.trouble, DEADLINE).toMatchObject({ code: "scattered" });
      expect(client.saveState).toMatchObject({
        state: "not-saved",
        operations: 1,
        reason: expect.stringContaining("long polling needs a balancer that keeps it on one server"),
      });
      const msg = expect.stringContaining("long polling needs a balancer that keeps a session on one pod");
      expect(warnings()).toContainEqual(expect.objectContaining({ msg }));
    }));
});

describe("a WebSocket through a balancer over two pods", () => {
  test.each([{ isSticky: true }, { isSticky: false }])("[W1] works, sticky or not: $isSticky", (options) =>
    behindBalancer(options, works),
  );
});
