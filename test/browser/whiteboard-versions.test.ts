import type { Browser, Page, WebSocketRoute } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LastRelease } from "../helpers/board/last-release.ts";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import { freePort } from "../helpers/network/free-port.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const DEADLINE = { timeout: 20_000 };
/** So that a lost network is noticed soon. */
const QUICK_PING = { PING_SECONDS: "1" };
/** For a person: what is wrong, and what to do. */
const WORDS = /\w+ \w+ \w+/;
/** A join in a frame of socket.io, with the number of its answer. */
const JOIN = /^(42\d+)(\["join",.*)$/;

/** A page that has just been loaded does not load itself again sooner. */
const RELOAD_INTERVAL_MS = 60_000;

const FIRST_LINE = curve([0.1, 0.2], [0.9, 0.2]);
const SECOND_LINE = curve([0.1, 0.6], [0.9, 0.6]);

let browser: Browser;
let release: LastRelease;
shareBrowser((launched) => {
  browser = launched;
});

beforeAll(async () => {
  release = await LastRelease.unpack();
});

afterAll(() => release[Symbol.asyncDispose]());

describe("a page of the last release, on a pod of today,", () => {
  test("[W6] [W14] says so in words, keeps what is drawn, and hands it to the page that is loaded next", async () => {
    const { port, store, page } = await (async () => {
      await using service = await startWhiteboard({}, { pageDirectory: release.pageDirectory });
      const opened = await openBoardPage(browser, service.url, { connection: "Catching up" });
      await opened.draw(FIRST_LINE);
      await opened.reason.getByText(/changes? waits? in this browser/).waitFor();
      expect(await opened.reason.textContent()).toMatch(WORDS);
      return { port: service.port, store: service.store, page: opened };
    })();
    await using service = await startWhiteboard({ PORT: `${port}` }, { store });

    await page.page.reload();

    await page.untilConnection("Live");
    await page.untilSave("Saved");
    await untilOthersSee(service.url, 1);
  });
});

describe("a page of today, on a pod of the last release,", () => {
  test("[W14] loads itself anew when it has nothing to save, and not before", async () => {
    await using redis = await RedisServer.start();
    const port = `${await freePort()}`;
    const environment = { REDIS_URL: redis.url, PORT: port, ADMIN_PORT: "0" };
    const startToday = (): Promise<Pod> => Pod.start("whiteboard", "today", environment);
    const page = await (async () => {
      await using pod = await startToday();
      return await markedPage(pod.url);
    })();
    await page.untilConnection("Reconnecting");
    await page.draw(FIRST_LINE);
    await (async () => {
      await using _pod = await release.startPod("last-release", environment);
      await untilOutdated(page);
      await page.draw(SECOND_LINE);
      await expectNoReload(page);
    })();

    await (async () => {
      await using pod = await startToday();
      await page.untilSave("Saved");
      await expectNoReload(page);
      await untilOthersSee(pod.url, 2);
    })();
    await using _pod = await release.startPod("last-release", environment);
    await untilReloaded(page);
    await page.untilConnection("Live");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(2);
  });
});

describe("a page that is too old for its pod", () => {
  test("[W14] loads itself anew when it has nothing to save", async () => {
    await using service = await startWhiteboard();
    const page = await newPage();
    let loads = 0;
    page.page.on("load", () => {
      loads += 1;
    });
    await routeJoins(page.page, () => loads < 2);
    await page.page.goto(service.url);
    await untilOutdated(page);
    await mark(page);

    await untilReloaded(page);

    await page.untilConnection("Live");
  });

  test("[W14] does not while something waits to be saved, which it says in words", async () => {
    const page = await newPage();
    let isOld = false;
    const joins = await routeJoins(page.page, () => isOld);
    const { port, store } = await (async () => {
      await using service = await startWhiteboard(QUICK_PING);
      await page.page.goto(service.url);
      await page.untilConnection("Live");
      await mark(page);
      return service;
    })();
    await page.untilConnection("Reconnecting");
    await page.draw(FIRST_LINE);
    isOld = true;
    await using service = await startWhiteboard({ ...QUICK_PING, PORT: `${port}` }, { store });

    await untilOutdated(page);
    const before = joins();
    await expect.poll(joins, DEADLINE).toBeGreaterThan(before + 1);
    await expectNoReload(page);
    isOld = false;
    await page.untilSave("Saved");
    await untilOthersSee(service.url, 1);
  });
});

/** A page whose time can be moved. */
async function newPage(): Promise<WhiteboardPage> {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  await context.clock.install();
  return new WhiteboardPage(await context.newPage());
}

/** Resolves when the page says that it and its pod are of different releases. */
async function untilOutdated(page: WhiteboardPage): Promise<void> {
  await page.page.locator('#status[data-sync-error="outdated"]').waitFor();
  expect(await page.reason.textContent()).toMatch(WORDS);
}

/** A page that is live, and knows that it was not loaded again since. */
async function markedPage(url: string): Promise<WhiteboardPage> {
  const page = await newPage();
  await page.page.goto(url);
  await page.untilConnection("Live");
  await mark(page);
  return page;
}

const mark = (page: WhiteboardPage): Promise<void> =>
  page.page.evaluate(() => document.documentElement.setAttribute("data-marked", ""));

/** False as soon as it was loaded again. */
const isMarked = (page: WhiteboardPage): Promise<boolean> =>
  page.page.evaluate(() => document.documentElement.hasAttribute("data-marked")).catch(() => false);

async function untilReloaded(page: WhiteboardPage): Promise<void> {
  await page.page.clock.fastForward(RELOAD_INTERVAL_MS);
  await expect.poll(() => isMarked(page), DEADLINE).toBe(false);
}

/** However long it waits. */
async function expectNoReload(page: WhiteboardPage): Promise<void> {
  await page.page.clock.fastForward(RELOAD_INTERVAL_MS);
  // What a reload would need has run when the page draws again.
  await page.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(await isMarked(page)).toBe(true);
}

/** Takes the protocol's version out of a page's joins while `isOld`. Returns how many there were. */
async function routeJoins(page: Page, isOld: () => boolean): Promise<() => number> {
  let joins = 0;
  await page.routeWebSocket(/socket\.io/, (socket: WebSocketRoute) => {
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const [, head = "", body] = JOIN.exec(String(message)) ?? [];
      if (body === undefined) return server.send(message);
      joins += 1;
      const [event, { protocol, ...request }] = JSON.parse(body);
      server.send(`${head}${JSON.stringify([event, isOld() ? request : { ...request, protocol }])}`);
    });
  });
  return () => joins;
}

async function untilOthersSee(url: string, strokes: number): Promise<void> {
  const other = await openBoardPage(browser, url);
  await expect.poll(() => other.strokes(), DEADLINE).toBe(strokes);
}
