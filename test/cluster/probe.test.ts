import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { whiteboardPageDirectory } from "../helpers/board/running-whiteboard.ts";
import { DEADLINE_MS, within } from "../helpers/deadline.ts";
import { pageDirectory } from "../helpers/feed/running-broadcaster.ts";
import { freePort } from "../helpers/network/free-port.ts";
import { HttpBalancer } from "../helpers/network/http-balancer.ts";
import { startOriginalServer } from "../helpers/original/original-server.ts";
import { startOriginalWhiteboard } from "../helpers/original/original-whiteboard.ts";
import { ProbeRun } from "../helpers/probe/probe-run.ts";
import { detailOf, failuresOf, resultsOf, verify } from "../helpers/probe/verification.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const DEADLINE = { timeout: DEADLINE_MS };
const TEST_TIMEOUT_MS = 60_000;

let redis: RedisServer;
let broadcasters: Pod[];
let whiteboards: Pod[];

const startPods = (app: string, ...names: readonly string[]): Promise<Pod[]> =>
  Promise.all(names.map((name) => Pod.start(app, name, { REDIS_URL: redis.url })));

beforeAll(async () => {
  redis = await RedisServer.start([]);
  broadcasters = await startPods("broadcaster", "feed-a", "feed-b");
  whiteboards = await startPods("whiteboard", "board-a", "board-b", "board-c");
  await vi.waitFor(async () => {
    const states = await Promise.all([...broadcasters, ...whiteboards].map((pod) => pod.readiness()));
    expect(states.filter((state) => state !== "ok")).toEqual([]);
  }, DEADLINE);
});

afterAll(async () => {
  for (const pod of [...broadcasters, ...whiteboards]) await pod[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

describe("crosspod verify", { timeout: TEST_TIMEOUT_MS }, () => {
  test("[B4] [B6] [B9] [W1] [W6] [W10] [W12] finds that all holds of both services behind a gateway, and cleans up", async () => {
    await using feed = await HttpBalancer.start(broadcasters.map(({ port }) => port));
    await using boards = await HttpBalancer.start(
      whiteboards.map(({ port }) => port),
      { isSticky: true },
    );
    const { exitCode, targets } = await verify("broadcaster", feed.url, "whiteboard", boards.url, "--idle", "1s");
    expect(targets.flatMap(failuresOf)).toEqual([]);
    expect(exitCode).toBe(0);
    // The port after a balancer's may be a pod's by chance.
    const skipped = targets.flat().filter(({ name, result }) => result === "skip" && name !== "admin port");
    expect(skipped).toEqual([]);
    expect(detailOf(targets[0], "pods")).toContain("2 pods in 20 connections: feed-a, feed-b");
    expect(detailOf(targets[1], "pods")).toContain("3 pods in 20 connections: board-a, board-b, board-c");
    expect(detailOf(targets[1], "long polling")).toMatch(/30 of 30 .* by the cookie io="[0-9a-f]+"; Path=\/; HttpOnly/);
    using person = new BoardPerson(boards.url);
    await person.untilState("live");
    expect(person.items).toEqual([]);
  });

  test("[W13] finds that the board's cookie keeps a session on one pod where the balancer asks for that one", async () => {
    await using boards = await HttpBalancer.start(
      whiteboards.map(({ port }) => port),
      { isSticky: true, cookieName: "board" },
    );
    const { exitCode, targets } = await verify(boards.url);
    expect(failuresOf(targets[0])).toEqual([]);
    expect(exitCode).toBe(0);
    expect(detailOf(targets[0], "long polling")).toMatch(
      /30 of 30 .* by the board's cookie board=probe-[0-9a-f]+; Path=\/socket\.io\/; HttpOnly; SameSite=Lax: all people of a board meet on one pod$/,
    );
  });

  // A balancer that takes turns between two pods brings what a session sends to the one, and its polls to the other,
  // which has nothing to answer.
  test.each([2, 3])(
    "[W1] finds that only long polling fails without stickiness, with %i pods, and says the cause and the fix",
    async (pods) => {
      await using boards = await HttpBalancer.start(whiteboards.slice(0, pods).map(({ port }) => port));
      const { exitCode, targets } = await verify(boards.url);
      expect(exitCode).toBe(1);
      expect(failuresOf(targets[0])).toEqual([
        expect.objectContaining({
          name: "long polling",
          detail: expect.stringMatching(
            new RegExp(`^lost its session: \\d+ of 30 requests answered 400; the requests reached ${pods} pods$`),
          ),
          cause: expect.stringContaining("no gateway set a cookie"),
          fix: expect.stringContaining("is the DestinationRule wb-dr applied, with httpCookie name: io, path: /"),
        }),
      ]);
    },
  );

  test("[W1] names the path of a cookie that does not keep a session", async () => {
    await using boards = await HttpBalancer.start(
      whiteboards.map(({ port }) => port),
      { isSticky: true, cookiePath: "/elsewhere" },
    );
    const { targets } = await verify(boards.url);
    expect(failuresOf(targets[0])).toEqual([
      expect.objectContaining({
        name: "long polling",
        cause: expect.stringContaining("Path=/elsewhere"),
        fix: expect.stringContaining("with path: /?"),
      }),
    ]);
  });

  test("[W1] finds that no WebSocket gets through, and skips what needs one", async () => {
    await using boards = await HttpBalancer.start([whiteboards[0]!.port], { refusesUpgrades: true });
    const { exitCode, targets } = await verify(boards.url);
    expect(exitCode).toBe(1);
    expect(failuresOf(targets[0])).toEqual([
      expect.objectContaining({ name: "upgrade", detail: "the WebSocket handshake was answered with 403" }),
    ]);
    expect(resultsOf(targets[0])).toMatchObject({ page: "pass", pods: "skip", "long polling": "skip" });
  });

  test("[B4] finds pods that do not share a feed", async () => {
    await using one = await Pod.start("broadcaster", "lone-a", {});
    await using other = await Pod.start("broadcaster", "lone-b", {});
    await using feed = await HttpBalancer.start([one.port, other.port]);
    const { exitCode, targets } = await verify(feed.url);
    expect(exitCode).toBe(1);
    expect(resultsOf(targets[0])).toMatchObject({ upgrade: "pass", "same order": "fail", pods: "fail" });
    const fix = expect.stringContaining("the same REDIS_URL and FEED_NAME");
    expect(failuresOf(targets[0]).find(({ name }) => name === "pods")).toMatchObject({ fix });
  });

  test("[B5] [W12] works with the original examples, and says what they lack", async () => {
    await using feed = await startOriginalServer(pageDirectory);
    await using boards = await startOriginalWhiteboard(whiteboardPageDirectory);
    const { exitCode, targets } = await verify(feed.url, boards.url);
    expect(exitCode).toBe(1);
    expect(resultsOf(targets[0])).toMatchObject({
      service: "pass",
      page: "pass",
      upgrade: "pass",
      "same order": "pass",
      "late joiner": "fail",
      pods: "skip",
      latency: "pass",
      "wrong input": "fail",
      resume: "fail",
    });
    expect(resultsOf(targets[1])).toMatchObject({
      service: "pass",
      page: "pass",
      upgrade: "pass",
      pods: "fail",
      "no cookies": "pass",
      "long polling": "pass",
      "late joiner": "fail",
      resume: "fail",
      drawing: "pass",
    });
    for (const { cause, fix } of targets.flatMap(failuresOf)) {
      expect(cause).toContain("the original example's");
      expect(fix).toContain("run crosspod's");
    }
  });

  test.each(["broadcaster", "whiteboard"])(
    "connects to the address of a %s and asks it for another name, as curl's --resolve",
    async (app) => {
      const pods = app === "broadcaster" ? broadcasters : whiteboards;
      await using balancer = await HttpBalancer.start(
        pods.map(({ port }) => port),
        { isSticky: true },
      );
      const { exitCode, targets } = await verify(balancer.url, "--host", "wb.example.com");
      expect(targets.flatMap(failuresOf)).toEqual([]);
      expect(exitCode).toBe(0);
      expect([...balancer.hosts]).toEqual([`wb.example.com:${new URL(balancer.url).port}`]);
    },
  );

  test("says that nobody is there", async () => {
    const run = new ProbeRun("verify", `http://127.0.0.1:${await freePort()}/`);
    expect(await run.exited).toBe(1);
    expect(run.lines).toContain("  ✗ reachable    not reachable: ECONNREFUSED");
    expect(run.lines.join("\n")).toContain("nothing listens at this address and port");
    expect(run.lines.join("\n")).toContain("it needs what did not hold: reachable");
  });

  test("ends at once when it is interrupted", async () => {
    const run = new ProbeRun("verify", broadcasters[0]!.url, "--idle", "1h");
    await expect.poll(() => run.progress, DEADLINE).toContain("  · idle …");
    run.interrupt();
    expect(await within(run.exited, "the end")).toBe(130);
  });

  test("runs as a command: wrong use is exit code 2, with a line that says what", async () => {
    const command = spawn(process.execPath, [`${root}/apps/probe/bin/crosspod.mjs`, "verify", "broadcaster"]);
    let said = "";
    command.stderr.on("data", (data) => {
      said += data;
    });
    const [code] = await within(once(command, "close"), "the end of the command");
    expect(code).toBe(2);
    expect(said).toContain("the URL after 'broadcaster' is missing");
  });
});
