import { describe, expect, test } from "vitest";
import { FeedSocket } from "../helpers/feed/feed-socket.ts";
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
    expect(service.log.map(({ msg }) => msg).slice(-3)).toEqual(["leaving", "not ready", "closed"]);
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
});
