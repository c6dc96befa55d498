import { describe, expect, test } from "vitest";
import { whiteboardPageDirectory } from "../helpers/board/running-whiteboard.ts";
import { pageDirectory } from "../helpers/feed/running-broadcaster.ts";
import { freePort } from "../helpers/network/free-port.ts";
import { TcpBalancer } from "../helpers/network/tcp-balancer.ts";
import { startOriginalServer } from "../helpers/original/original-server.ts";
import { startOriginalWhiteboard } from "../helpers/original/original-whiteboard.ts";
import { ProbeRun } from "../helpers/probe/probe-run.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const TEST_TIMEOUT_MS = 60_000;

describe("crosspod watch", { timeout: TEST_TIMEOUT_MS }, () => {
  test.each(["broadcaster", "whiteboard"])(
    "[B9] [W6] [W10] loses nothing when a pod of the %s is killed",
    async (app) => {
      await using redis = await RedisServer.start([]);
      const pods = await Promise.all(
        ["watch-a", "watch-b"].map((name) => Pod.start(app, name, { REDIS_URL: redis.url })),
      );
      await using one = pods[0]!;
      await using other = pods[1]!;
      await Promise.all(pods.map((pod) => pod.untilReady()));
      await using balancer = await TcpBalancer.start();
      for (const { port } of [one, other]) balancer.add(port);
      const run = new ProbeRun("watch", balancer.url, "--for", "4s");
      await run.untilTraffic();
      one.process.kill("SIGKILL");
      expect(await run.exited, run.lines.join("\n")).toBe(0);
      expect(run.lineOf("lost")).toBe("  lost         0");
      expect(run.lineOf("repeated")).toBe("  repeated     0");
      expect(run.lineOf("out of order")).toBe("  out of order 0");
      expect(run.lineOf("reconnects")).toMatch(/ [1-9]\d*$/);
      expect(run.lineOf("clients")).toMatch(/in the end on 1 pod: watch-b$/);
    },
  );

  test("[B6] says what is lost when the original example's server is started again", async () => {
    await using balancer = await TcpBalancer.start();
    const before = await startOriginalServer(pageDirectory);
    balancer.add(Number(new URL(before.url).port));
    const run = new ProbeRun("watch", balancer.url, "--for", "4s", "--service", "broadcaster");
    await run.untilTraffic();
    await using after = await startOriginalServer(pageDirectory);
    balancer.remove(Number(new URL(before.url).port));
    balancer.add(Number(new URL(after.url).port));
    await before[Symbol.asyncDispose]();
    expect(await run.exited).toBe(1);
    expect(run.lineOf("lost")).toMatch(/ [1-9]\d*$/);
    expect(run.lines).toContain("  ✗ something was lost");
  });

  test("[W12] says what a whiteboard like the original example's loses when it is started again", async () => {
    await using balancer = await TcpBalancer.start();
    const before = await startOriginalWhiteboard(whiteboardPageDirectory);
    balancer.add(Number(new URL(before.url).port));
    const run = new ProbeRun("watch", balancer.url, "--for", "4s");
    await run.untilTraffic();
    await using after = await startOriginalWhiteboard(whiteboardPageDirectory);
    balancer.remove(Number(new URL(before.url).port));
    balancer.add(Number(new URL(after.url).port));
    await before[Symbol.asyncDispose]();
    expect(await run.exited).toBe(1);
    expect(run.lineOf("lost")).toMatch(/ [1-9]\d*$/);
  });

  test("[W7] says that strokes are lost when pods do not share their boards", async () => {
    await using one = await Pod.start("whiteboard", "lone-a", {});
    await using other = await Pod.start("whiteboard", "lone-b", {});
    await using balancer = await TcpBalancer.start();
    for (const { port } of [one, other]) balancer.add(port);
    const run = new ProbeRun("watch", balancer.url, "--for", "1s", "--service", "whiteboard");
    expect(await run.exited).toBe(1);
    expect(run.lineOf("lost")).toMatch(/ [1-9]\d*$/);
  });

  test("says that nobody is there to watch", async () => {
    const run = new ProbeRun("watch", `http://127.0.0.1:${await freePort()}/`);
    expect(await run.exited).toBe(1);
    expect(run.errors.join("\n")).toContain("not reachable: ECONNREFUSED");
  });
});
