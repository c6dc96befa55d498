import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { openBoardPage, type Place } from "../helpers/browser/whiteboard-page.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";
import { Pen } from "./pen.ts";
import { AFTERWARDS, DIAGRAM, LAST_ARROW } from "./sketch.ts";

/** The others on the board, and where each points. */
const OTHERS: readonly (readonly [name: string, place: Place])[] = [
  ["Grace", [0.9, 0.9]],
  ["Lin", [0.15, 0.62]],
  ["Bo", [0.33, 0.16]],
];

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

test("docs/whiteboard.png", { timeout: 60_000 }, async () => {
  await using redis = await RedisServer.start();
  await using pod = await Pod.start("whiteboard", "wb-7d9f8c6b5-x2k7q", { REDIS_URL: redis.url });
  await pod.untilReady();
  const board = { path: "/b/design-review" };
  const viewport = { width: 1_280, height: 800 };
  const ada = await openBoardPage(browser, pod.url, { ...board, name: "Ada", viewport, deviceScaleFactor: 1.5 });
  const pen = await Pen.on(ada);
  const lines = [...DIAGRAM, ...LAST_ARROW, ...AFTERWARDS];
  await pen.drawAtOnce(lines);
  for (const [name, place] of OTHERS) {
    const other = await openBoardPage(browser, pod.url, { ...board, name });
    const { x, y } = await other.pixel(place);
    await other.page.mouse.move(x, y);
    await ada.page.locator(".cursor").getByText(name, { exact: true }).waitFor();
  }
  await expect.poll(() => ada.strokes()).toBe(lines.length);
  await ada.untilSave("Saved");
  await ada.page.screenshot({ path: `${root}/docs/whiteboard.png`, animations: "disabled" });
});
