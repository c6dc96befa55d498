import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { openPage, type ShownRow } from "../helpers/browser/broadcaster-page.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { ControlledFeedStore } from "../helpers/feed/controlled-feed-store.ts";
import { publish, publishAll } from "../helpers/feed/publisher.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";

const FIRST_IDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const DEADLINE = { timeout: 15_000 };

const emptyRow = (id: string): ShownRow => ({ id, value: "–", level: "", colour: "plain" });

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

describe("the broadcaster's page", () => {
  test("four pages show the tutorial's four commands at once, with the same rows in the same colours", async () => {
    await using service = await startBroadcaster();
    const pages = await Promise.all([1, 2, 3, 4].map(() => openPage(browser, service.url)));
    for (const page of pages) await page.untilState("Live");

    const commands = await pages[0]!.page.locator("#commands code").allTextContents();
    for (const command of commands) {
      const response = await fetch(command.match(/^curl "(.+)"$/)?.[1] ?? "");
      expect(response.status).toBe(200);
    }

    expect(commands).toEqual(
      ["id=8&value=300", "id=5&value=600", "id=1&value=200", "id=3&value=290"].map(
        (query) => `curl "${service.url}api?${query}"`,
      ),
    );
    const shown: Record<string, ShownRow> = {
      1: { id: "1", value: "200", level: "normal", colour: "plain" },
      3: { id: "3", value: "290", level: "high", colour: "yellow" },
      5: { id: "5", value: "600", level: "critical", colour: "red" },
      8: { id: "8", value: "300", level: "high", colour: "yellow" },
    };
    for (const page of pages) {
      await expect.poll(() => page.rows(), DEADLINE).toEqual(FIRST_IDS.map((id) => shown[id] ?? emptyRow(id)));
    }
  });

  test("[B6] a late joiner shows the newest value of every id", async () => {
    await using service = await startBroadcaster();
    await publish(service.url, "8", "100");
    await publish(service.url, "8", "300");
    await publish(service.url, "kitchen", "19.5");

    const page = await openPage(browser, service.url);

    await page.untilState("Live");
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 8: "300", kitchen: "19.5" });
  });

  test("[B6] a reload shows the same values again", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await publish(service.url, "5", "600");
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 5: "600" });

    await page.page.reload();

    await expect.poll(() => page.values(), DEADLINE).toEqual({ 5: "600" });
  });

  test("a value is shown as it is, with its level as a word and as a colour", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    const expected: ShownRow[] = [
      { id: "1", value: "0", level: "normal", colour: "plain" },
      { id: "2", value: "200", level: "normal", colour: "plain" },
      { id: "3", value: "200.01", level: "high", colour: "yellow" },
      { id: "4", value: "500", level: "high", colour: "yellow" },
      { id: "5", value: "500.5", level: "critical", colour: "red" },
      { id: "6", value: "-900", level: "normal", colour: "plain" },
      { id: "7", value: "closed", level: "", colour: "plain" },
      { id: "8", value: "<b>600</b>", level: "", colour: "plain" },
      emptyRow("9"),
    ];

    for (const { id, value } of expected.slice(0, -1)) await publish(service.url, id, value);

    await expect.poll(() => page.rows(), DEADLINE).toEqual(expected);
  });

  test("a row loses its colour when its value falls", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    const colour = async (): Promise<string | undefined> => (await page.rows())[0]?.colour;

    await publish(service.url, "1", "600");
    await expect.poll(colour, DEADLINE).toBe("red");
    await publish(service.url, "1", "300");
    await expect.poll(colour, DEADLINE).toBe("yellow");
    await publish(service.url, "1", "200");
    await expect.poll(colour, DEADLINE).toBe("plain");
  });

  test("further ids appear in natural order, and are text whatever they hold", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await page.untilState("Live");

    for (const id of ["room 10", "12", "<img src=x>", "room 9", "01"]) await publish(service.url, id, "1");

    const ids = ["<img src=x>", "01", ...FIRST_IDS, "12", "room 9", "room 10"];
    await expect.poll(async () => (await page.rows()).map(({ id }) => id), DEADLINE).toEqual(ids);
  });

  test("a row keeps a line of its numbers and the time of its last change", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    const before = Date.now();

    for (const value of ["100", "open", "Infinity", "300", "200"]) await publish(service.url, "2", value);

    const row = page.row("2");
    await row.getByRole("img", { name: "recent values 100, 300, 200", exact: true }).waitFor();
    const changedAt = Date.parse((await row.locator("time").getAttribute("datetime")) ?? "");
    expect(changedAt).toBeGreaterThanOrEqual(before);
    expect(changedAt).toBeLessThanOrEqual(Date.now());
  });

  test("a row lights up when it changes, and not for the snapshot", async () => {
    await using service = await startBroadcaster();
    await publish(service.url, "1", "10");
    const page = await openPage(browser, service.url, { reducedMotion: "no-preference" });
    await page.row("1").getByText("10", { exact: true }).waitFor();
    const lit = (id: string): Promise<number> => page.row(id).evaluate((row) => row.getAnimations().length);
    expect(await lit("1")).toBe(0);
    await page.untilState("Live");
    // Slowed down, so that the light is still there when the test looks.
    const session = await page.page.context().newCDPSession(page.page);
    await session.send("Animation.enable");
    await session.send("Animation.setPlaybackRate", { playbackRate: 0.01 });

    await publish(service.url, "2", "20");

    await expect.poll(() => lit("2"), DEADLINE).toBe(1);
    expect(await lit("1")).toBe(0);
  });

  test("[B7] the page names its pod and the newest revision, and follows it", async () => {
    await using service = await startBroadcaster({ POD_NAME: "pod-seven" });
    const page = await openPage(browser, service.url);

    await page.pod.getByText("pod-seven", { exact: true }).waitFor();
    await page.revision.getByText("0", { exact: true }).waitFor();
    await publish(service.url, "1", "1");
    await publish(service.url, "1", "2");

    await page.revision.getByText("2", { exact: true }).waitFor();
  });

  test("[B12] a page whose service stops says reconnecting, and shows the new data set once it is back", async () => {
    const { page, port } = await (async () => {
      await using service = await startBroadcaster();
      const opened = await openPage(browser, service.url);
      await publish(service.url, "8", "300");
      await publish(service.url, "old", "1");
      await expect.poll(() => opened.values(), DEADLINE).toEqual({ 8: "300", old: "1" });
      return { page: opened, port: service.port };
    })();
    await page.untilState("Reconnecting");
    expect(await page.values()).toEqual({ 8: "300", old: "1" });

    await using restarted = await startBroadcaster({ PORT: `${port}` });
    await publish(restarted.url, "5", "600");

    await page.untilState("Live");
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 5: "600" });
    expect((await page.rows()).map(({ id }) => id)).toEqual(FIRST_IDS);
  });

  test.each(["online", "pageshow", "visibilitychange"])(
    "a page that waits to reconnect tries at once on %s",
    async (event) => {
      const context = await browser.newContext();
      // Every pause would last for days.
      await context.addInitScript("Math.random = () => 1e6");
      const page = await context.newPage();
      const state = page.locator("#state");
      const port = await (async () => {
        await using service = await startBroadcaster();
        await page.goto(service.url);
        await state.getByText("Live").waitFor();
        return service.port;
      })();
      await state.getByText("Reconnecting").waitFor();
      await using _restarted = await startBroadcaster({ PORT: `${port}` });

      await page.evaluate((type) => {
        (type === "visibilitychange" ? document : window).dispatchEvent(new Event(type));
      }, event);

      await state.getByText("Live").waitFor();
    },
  );

  test("[B8] a page says stale for as long as its pod has lost touch with the store", async () => {
    const store = new ControlledFeedStore();
    await using service = await startBroadcaster({}, store);
    const page = await openPage(browser, service.url);
    await page.untilState("Live");

    store.setState("stale");
    await page.untilState("Stale");
    await page.page.getByText("The values may be old").first().waitFor();

    store.setState("live");
    await page.untilState("Live");
    await page.page.locator("#trust").waitFor({ state: "hidden" });
  });

  test("[B7] a page whose pod speaks another protocol says so, and loads itself anew once", async () => {
    await using service = await startBroadcaster();
    await publish(service.url, "8", "300");
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    let loads = 0;
    page.page.on("load", () => {
      loads += 1;
    });
    let protocol = 2;
    await page.page.routeWebSocket(/\/ws/, (client) => {
      client
        .connectToServer()
        .onMessage((text) => client.send(`${text}`.replace('"protocol":1', `"protocol":${protocol}`)));
    });

    await page.page.reload();
    await page.untilState("Outdated");
    await page.page.getByText("different versions").first().waitFor();
    await expect.poll(() => loads, DEADLINE).toBe(2);
    await page.untilState("Outdated");

    protocol = 1;
    await page.page.reload();
    await page.untilState("Live");
    expect(await page.values()).toEqual({ 8: "300" });
  });

  test("[B8] a new epoch on the same connection empties the rows before it fills them", async () => {
    const store = new ControlledFeedStore();
    await using service = await startBroadcaster({}, store);
    const page = await openPage(browser, service.url);
    await publish(service.url, "8", "300");
    await publish(service.url, "kitchen", "1");
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 8: "300", kitchen: "1" });

    store.reset({ epoch: "next", revision: 1, updates: [{ id: "3", value: "290", revision: 1, at: Date.now() }] });

    await expect.poll(() => page.values(), DEADLINE).toEqual({ 3: "290" });
    expect((await page.rows()).map(({ id }) => id)).toEqual(FIRST_IDS);
  });

  test("[B10] a burst of 5,000 updates ends with the right values", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    const updates = Array.from({ length: 5_000 }, (_, index) => ({ id: `${(index % 50) + 1}`, value: `${index}` }));

    await publishAll(service.url, updates);

    const newest = Object.fromEntries(updates.map(({ id, value }) => [id, value]));
    await expect.poll(() => page.values(), DEADLINE).toEqual(newest);
    await page.revision.getByText("5000", { exact: true }).waitFor();
    await page.untilState("Live");
  });

  test("a row is painted at most once a frame, however often it changes", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    const watch = await page.row("1").evaluateHandle((row) => {
      const seen = { frames: 0, paints: 0 };
      const count = (): void => {
        seen.frames += 1;
        requestAnimationFrame(count);
      };
      requestAnimationFrame(count);
      new MutationObserver((changes) => {
        seen.paints += changes.filter(({ type }) => type === "childList").length;
      }).observe(row.querySelector(".value")!, { childList: true });
      return seen;
    });

    const updates = Array.from({ length: 5_000 }, (_, index) => ({ id: "1", value: `${index}` }));
    await publishAll(service.url, updates);

    await expect.poll(() => page.values(), DEADLINE).toEqual({ 1: "4999" });
    const { frames, paints } = await watch.jsonValue();
    expect(paints).toBeGreaterThan(0);
    expect(paints).toBeLessThanOrEqual(frames + 1);
  });
});
