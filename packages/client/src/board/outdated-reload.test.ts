import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openBoard, POINT, type ScriptedTransport, STYLE } from "../../../../test/helpers/board/scripted-board.ts";
import { reloadWhenOutdated } from "./outdated-reload.ts";

const OUTDATED = { error: { code: "outdated", detail: "another version" } };

let client: ReturnType<typeof openBoard>["client"];
let transport: ScriptedTransport;
const reload = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  reload.mockClear();
  ({ client, transport } = openBoard());
  reloadWhenOutdated({ client, reload });
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

async function meetOtherVersion(): Promise<void> {
  transport.connect();
  await transport.take("join").reply(OUTDATED);
}

describe("a page of another version than the service", () => {
  test("[W14] is loaded anew when it has been there for a minute, and not again for another one", async () => {
    await meetOtherVersion();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(reload).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(reload).toHaveBeenCalledOnce();
    await meetOtherVersion();
    client.beginStroke(STYLE, POINT).end();
    client.history.undo();
    expect(reload).toHaveBeenCalledOnce();
  });

  test("[W14] is loaded at once when it is old enough", async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    await meetOtherVersion();
    expect(reload).toHaveBeenCalledOnce();
  });

  test("[W14] is not loaded while something waits in its outbox", async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    client.beginStroke(STYLE, POINT).end();
    await meetOtherVersion();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(reload).not.toHaveBeenCalled();
  });

  test("[W14] is not loaded when it has met a pod of its version meanwhile, nor for any other error", async () => {
    await meetOtherVersion();
    await vi.advanceTimersByTimeAsync(10_000);
    transport.connect();
    await transport.join();
    await transport.disconnect();
    transport.connect();
    await transport.refuseJoin({ code: "unavailable", detail: "the store is away" });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(reload).not.toHaveBeenCalled();
  });
});
