import { describe, expect, test } from "vitest";
import { EventSocket } from "../helpers/board/event-socket.ts";
import { joinFrozen } from "../helpers/board/frozen-board-socket.ts";
import { ServiceProcess } from "../helpers/service/service-process.ts";

describe("the whiteboard's process", () => {
  test("[A2] a configuration that is wrong ends it with a line for each mistake", async () => {
    await using service = new ServiceProcess("whiteboard", { PORT: "http", MAX_BOARDS: "0" });
    expect(await service.exited()).toBe(1);
    expect(service.stderr.trim().split("\n")).toEqual([
      'configuration: PORT must be a whole number from 0 to 65535, but is "http"',
      'configuration: MAX_BOARDS must be a whole number from 1 to 1000000, but is "0"',
    ]);
  });

  test("[A2] a port that is taken ends it with one line that says what to do", async () => {
    await using first = new ServiceProcess("whiteboard");
    const { port } = new URL((await first.listening()).url);
    await using second = new ServiceProcess("whiteboard", { PORT: port, ADMIN_PORT: "0" });
    expect(await second.exited()).toBe(1);
    expect(second.log.map(({ msg }) => msg)).toEqual([
      `port ${port} on 127.0.0.1 is taken; end the program that has it, or set PORT to another port`,
    ]);
  });

  test.each(["websocket", "polling"] as const)(
    "[A3] SIGTERM closes the transport of a client by %s and ends it with 0",
    async (transport) => {
      await using service = new ServiceProcess("whiteboard");
      const { url } = await service.listening();
      using client = await EventSocket.open(url, transport, { reconnection: false });
      await client.join({ clients: ["anna-000"] });
      const left = new Promise<string>((resolve) => client.socket.once("disconnect", resolve));
      service.kill("SIGTERM");
      expect(await left).toBe("transport close");
      expect(await service.exited()).toBe(0);
    },
  );

  test("[A3] a client that neither reads nor closes does not keep it from leaving", async () => {
    await using service = new ServiceProcess("whiteboard");
    const { url } = await service.listening();
    const frozen = await joinFrozen(Number(new URL(url).port));
    service.kill("SIGTERM");
    expect(await service.exited()).toBe(0);
    frozen.destroy();
  });
});
