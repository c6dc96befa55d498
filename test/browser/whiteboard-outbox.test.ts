import { MAX_ITEMS } from "@crosspod/protocol";
import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { ControlledBoardStore } from "../helpers/board/controlled-board-store.ts";
import { fillBoard } from "../helpers/board/full-board.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { comparePictures } from "../helpers/browser/picture.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const DEADLINE = { timeout: 20_000 };
const SIZE = { viewport: { width: 1_000, height: 700 } };
/** So that a lost network is noticed soon. */
const QUICK_PING = { PING_SECONDS: "1" };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

async function untilSame(one: WhiteboardPage, other: WhiteboardPage): Promise<void> {
  const difference = async (): Promise<number> => {
    const [a, b] = [await one.picture(), await other.picture()];
    const { share, ink } = await comparePictures(browser, { data: a, type: "png" }, { data: b, type: "png" });
    return ink > 0 ? share : 1;
  };
  await expect.poll(difference, DEADLINE).toBe(0);
}

const untilStrokes = (page: WhiteboardPage, strokes: number): Promise<void> =>
  expect.poll(() => page.strokes(), DEADLINE).toBe(strokes);

describe("what a person drew is not lost", () => {
  test("[W6] by a reload in the middle of a stroke", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url, SIZE);
    const other = await openBoardPage(browser, service.url, SIZE);
    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
    await page.press(curve([0.1, 0.6], [0.7, 0.6], 0.2));
    const drawn = await page.strokes();

    await page.page.reload();
    await page.untilConnection("Live");
    await page.page.mouse.up();
    await page.leave();

    expect(drawn).toBe(2);
    for (const each of [page, other]) await untilStrokes(each, 2);
    await page.untilSave("Saved");
    await untilSame(page, other);
    await page.draw(curve([0.1, 0.9], [0.9, 0.9]));
    for (const each of [page, other]) await untilStrokes(each, 3);
  });

  test("[W6] by a reload in the very moment of a move, while nothing can be sent", async () => {
    const store = new ControlledBoardStore();
    await using service = await startWhiteboard({}, { store });
    const page = await openBoardPage(browser, service.url, SIZE);
    const other = await openBoardPage(browser, service.url, SIZE);
    const open = store.hold("default");
    await page.press(curve([0.1, 0.6], [0.4, 0.6], 0.2));
    const from = await page.pixel([0.4, 0.6]);
    const to = await page.pixel([0.9, 0.6]);

    await page.page.evaluate(
      ([start, end]) => {
        const common = { pointerId: 1, pointerType: "mouse", buttons: 1, clientY: start.y };
        const stage = document.querySelector("#stage");
        for (let step = 1; step <= 10; step += 1) {
          const clientX = start.x + ((end.x - start.x) * step) / 10;
          stage?.dispatchEvent(new PointerEvent("pointermove", { ...common, clientX }));
        }
        location.reload();
      },
      [from, to] as const,
    );
    await page.page.waitForEvent("load");
    open();
    await page.untilConnection("Live");
    await page.page.mouse.up();
    await page.leave();

    await page.untilSave("Saved");
    await untilStrokes(other, 1);
    await untilSame(page, other);
    const reach = await other.page.screenshot({
      clip: { ...(await other.pixel([0.85, 0.5])), width: 20, height: 110 },
    });
    const { ink } = await comparePictures(browser, { data: reach, type: "png" }, { data: reach, type: "png" });
    expect(ink).toBeGreaterThan(0);
  });

  test("[W6] by a network that is gone while it is drawn: the page says so, and sends it later", async () => {
    await using service = await startWhiteboard(QUICK_PING);
    const page = await openBoardPage(browser, service.url, SIZE);
    const other = await openBoardPage(browser, service.url, SIZE);

    await page.page.context().setOffline(true);
    await page.untilConnection("Reconnecting");
    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
    await page.reason.getByText("Not saved: there is no connection.").waitFor();
    expect(await page.strokes()).toBe(1);
    await other.draw(curve([0.1, 0.7], [0.9, 0.7]));
    await page.page.context().setOffline(false);

    await page.untilConnection("Live");
    await page.untilSave("Saved");
    for (const each of [page, other]) await untilStrokes(each, 2);
    await untilSame(page, other);
  });

  test("[W6] by a reload after the network was gone: the next page sends it, once", async () => {
    await using service = await startWhiteboard(QUICK_PING);
    const page = await openBoardPage(browser, service.url, SIZE);
    const other = await openBoardPage(browser, service.url, SIZE);
    // The page is reachable; what it connects with is not.
    await page.page.context().setOffline(true);
    await page.untilConnection("Reconnecting");
    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
    await page.draw(curve([0.1, 0.4], [0.9, 0.4]));
    await page.reason.getByText("Not saved").waitFor();
    await page.page.context().setOffline(false);

    await page.page.reload();

    await page.untilConnection("Live");
    await page.untilSave("Saved");
    for (const each of [page, other]) await untilStrokes(each, 2);
    await untilSame(page, other);
    await page.page.reload();
    await page.untilConnection("Live");
    await untilStrokes(page, 2);
  });

  test("[W6] by a restart of the server with its store kept", async () => {
    const { port, store, page, other } = await (async () => {
      await using service = await startWhiteboard();
      const opened = await openBoardPage(browser, service.url, SIZE);
      const second = await openBoardPage(browser, service.url, SIZE);
      await opened.draw(curve([0.1, 0.2], [0.9, 0.2]));
      await opened.untilSave("Saved");
      return { port: service.port, store: service.store, page: opened, other: second };
    })();
    await page.untilConnection("Reconnecting");
    await page.draw(curve([0.1, 0.5], [0.9, 0.5]));
    await other.draw(curve([0.1, 0.8], [0.9, 0.8]));
    await page.reason.getByText("Not saved: there is no connection.").waitFor();

    await using _restarted = await startWhiteboard({ PORT: `${port}` }, { store });

    for (const each of [page, other]) {
      await each.connection.getByText("Live", { exact: true }).waitFor();
      await each.untilSave("Saved");
      await untilStrokes(each, 3);
    }
    await untilSame(page, other);
  });

  test("[W6] and it is called saved when it is stored, not before", async () => {
    const store = new ControlledBoardStore();
    await using service = await startWhiteboard({}, { store });
    const page = await openBoardPage(browser, service.url, SIZE);
    await page.untilSave("Saved");
    const open = store.hold("default");

    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));

    await page.untilSave("Saving…");
    await expect.poll(() => store.appends.length, DEADLINE).toBeGreaterThan(0);
    expect(await page.save.textContent()).toBe("Saving…");
    open();
    await page.untilSave("Saved");
  });

  test("[W6] and it is called not saved while the store cannot be reached, with the reason", async () => {
    const store = new ControlledBoardStore();
    await using service = await startWhiteboard({}, { store });
    const page = await openBoardPage(browser, service.url, SIZE);
    store.isAway = true;

    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));

    await page.reason.getByText("Not saved: the store cannot be reached").waitFor();
    store.isAway = false;
    await page.untilSave("Saved");
    await page.reason.waitFor({ state: "hidden" });
  });

  test("[W9] what passes a limit is refused with a message that names it, and the page goes on", async () => {
    await using service = await startWhiteboard();
    await fillBoard(service.store, "default", MAX_ITEMS - 1);
    const page = await openBoardPage(browser, service.url, SIZE);
    await untilStrokes(page, MAX_ITEMS - 1);
    await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
    await page.untilSave("Saved");

    await page.draw(curve([0.1, 0.5], [0.9, 0.5]));

    await page.page
      .getByRole("alert")
      .getByText("10,000")
      .or(page.page.getByRole("alert").getByText("10000"))
      .waitFor();
    await page.reason.getByText("Not saved: ").waitFor();
    await untilStrokes(page, MAX_ITEMS);
    await page.button("Undo").first().click();
    await page.untilSave("Saved");
    await untilStrokes(page, MAX_ITEMS - 1);
  });
});

test.each(["online", "pageshow", "visibilitychange"])(
  "a page that waits to reconnect tries at once on %s",
  async (event) => {
    const context = await browser.newContext();
    // Every pause would last for days.
    await context.addInitScript("Math.random = () => 1e6");
    const page = new WhiteboardPage(await context.newPage());
    const port = await (async () => {
      await using service = await startWhiteboard();
      await page.page.goto(service.url);
      await page.untilConnection("Live");
      return service.port;
    })();
    await page.untilConnection("Reconnecting");
    await using _restarted = await startWhiteboard({ PORT: `${port}` });

    await page.page.evaluate((type) => {
      (type === "visibilitychange" ? document : window).dispatchEvent(new Event(type));
    }, event);

    await page.untilConnection("Live");
  },
);
