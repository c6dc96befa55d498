import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { Random } from "../fuzz/random.ts";
import { openPage } from "../helpers/browser/broadcaster-page.ts";
import { launchBrowser } from "../helpers/browser/browser.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

/** What is published last; every other row comes by what went before. */
const NEWEST = [
  ["2", 433],
  ["4", 526],
  ["6", 188],
  ["7", 338],
  ["9", 97],
  ["8", 300],
  ["5", 600],
  ["1", 200],
  ["3", 290],
] as const;

/** Of each id, before the newest. */
const EARLIER_VALUES = 22;

/** Where the page says that the service is: where it is after `npm start`. */
const ADDRESS = "localhost:8888";

test("docs/broadcaster.png", async () => {
  await using redis = await RedisServer.start();
  await using pod = await Pod.start("broadcaster", "broadcaster-7d9f8c6b5-x2x7q", { REDIS_URL: redis.url });
  await pod.untilReady();
  const browser = await launchBrowser([`--host-resolver-rules=MAP ${ADDRESS} 127.0.0.1:${pod.port}`]);
  try {
    const viewport = { width: 1_200, height: 400 };
    const { page, revision } = await openPage(browser, `http://${ADDRESS}/`, { viewport, deviceScaleFactor: 1.5 });
    for (const updates of history()) {
      const response = await fetch(new URL("api", pod.url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(updates),
      });
      const reply = (await response.json()) as { revision: number };
      // A page that has not shown one value would have no place for it in its history.
      await expect.poll(() => revision.textContent()).toBe(`${reply.revision}`);
    }
    await page.screenshot({ path: `${root}/docs/broadcaster.png`, fullPage: true, animations: "disabled" });
  } finally {
    await browser.close();
  }
});

interface Update {
  readonly id: string;
  readonly value: string;
}

/** Batches of updates, in which each id goes its way to its newest value. */
function history(): Update[][] {
  const random = new Random(8);
  const ways = NEWEST.map(([id, newest]) => {
    const way = [newest as number];
    for (let earlier = 0; earlier < EARLIER_VALUES; earlier += 1) way.unshift((way[0] ?? 0) + random.whole(-30, 26));
    return way.map((value) => ({ id, value: `${Math.max(0, value)}` }));
  });
  return Array.from({ length: EARLIER_VALUES + 1 }, (_, at) => ways.flatMap((way) => way[at] ?? []));
}
