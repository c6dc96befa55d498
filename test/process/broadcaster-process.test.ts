import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { FeedSocket } from "../helpers/feed/feed-socket.ts";
import { LeanClient } from "../helpers/feed/lean-client.ts";
import { publishAll } from "../helpers/feed/publisher.ts";
import { ServiceProcess } from "../helpers/service/service-process.ts";

describe("the broadcaster's process", () => {
  test("[A2] a configuration that is wrong ends it with a line for each mistake", async () => {
    await using service = new ServiceProcess("broadcaster", {
      PORT: "http",
      MAX_IDS: "none",
      REDIS_URL: "localhost",
    });
    expect(await service.exited()).toBe(1);
    expect(service.stderr.trim().split("\n")).toEqual([
      'configuration: PORT must be a whole number from 0 to 65535, but is "http"',
      "configuration: REDIS_URL must be a URL like redis://user:password@host:6379/0, or rediss:// for TLS",
      'configuration: MAX_IDS must be a whole number from 1 to 1000000, but is "none"',
    ]);
  });

  test("[A2] a port that is taken ends it with one line that says what to do", async () => {
    await using first = new ServiceProcess("broadcaster");
    const { port } = new URL((await first.listening()).url);
    await using second = new ServiceProcess("broadcaster", { PORT: port, ADMIN_PORT: "0" });
    expect(await second.exited()).toBe(1);
    expect(second.log.map(({ msg }) => msg)).toEqual([
      `port ${port} on 127.0.0.1 is taken; end the program that has it, or set PORT to another port`,
    ]);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("[A3] %s asks the clients to move and ends it with 0", async (signal) => {
    await using service = new ServiceProcess("broadcaster");
    const { url } = await service.listening();
    using client = await FeedSocket.open(url);
    service.kill(signal);
    expect(await client.closed).toEqual([1012, "this pod is leaving; connect again"]);
    expect(await service.exited()).toBe(0);
    expect(service.log.map(({ msg }) => msg).slice(-2)).toEqual(["leaving", "closed"]);
  });

  test("[A3] with nobody connected it does not wait for the drain time", async () => {
    await using service = new ServiceProcess("broadcaster", { DRAIN_SECONDS: "3600" });
    await service.listening();
    service.kill("SIGTERM");
    expect(await service.exited()).toBe(0);
  });

  test("[A3] a second signal ends it at once; one of the same key press does not", async () => {
    await using service = new ServiceProcess("broadcaster", { UNREADY_SECONDS: "600" });
    const { adminUrl } = await service.listening();
    service.kill("SIGINT");
    service.kill("SIGTERM");
    await service.logged("leaving");
    await expect.poll(async () => (await fetch(`${adminUrl}readyz`)).status).toBe(503);
    const signals = setInterval(() => service.kill("SIGINT"), 100);
    expect(await service.exited()).toBe(1);
    clearInterval(signals);
    expect(service.log.at(-1)).toMatchObject({ level: "warn", msg: "second signal: exit at once" });
  });

  test("[B10] a client that never reads does not make it grow, and 200 others notice nothing", async () => {
    await using service = new ServiceProcess("broadcaster", { SLOW_CONSUMER_SECONDS: "3600", PING_SECONDS: "3600" });
    const { url } = await service.listening();
    const port = Number(new URL(url).port);
    const others = await Promise.all(Array.from({ length: 200 }, () => LeanClient.open(port)));
    using frozen = await LeanClient.open(port);
    frozen.freeze();
    const rounds = async (from: number, to: number): Promise<void> => {
      for (let round = from; round < to; round += 1) {
        // Of three bytes a character, so that a round is 800 KB.
        const value = `${round}`.padStart(250, "…");
        await publishAll(
          url,
          Array.from({ length: 1_000 }, (_, id) => ({ id: `${id}`, value })),
        );
        await expect.poll(() => others.every(({ tail }) => tail.includes(value)), { timeout: 10_000 }).toBe(true);
      }
    };
    // The first rounds fill the frozen client's buffers and warm the process up.
    await rounds(0, 30);
    const before = await residentMegabytes(service.pid);
    await rounds(30, 130);
    const after = await residentMegabytes(service.pid);
    expect(new Set(others.map(({ bytes }) => bytes)).size).toBe(1);
    expect(frozen.bytes).toBeLessThan(others[0]?.bytes ?? 0);
    for (const client of others) client[Symbol.dispose]();
    // What the others got in these rounds, and would be kept here for the one that does not read, is 80 MB; a heap's
    // own ups and downs are 20.
    expect(after - before).toBeLessThan(40);
  }, 180_000);
});

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
