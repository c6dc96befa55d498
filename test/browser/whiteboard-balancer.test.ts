import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";
import { HttpBalancer, type HttpBalancerOptions } from "../helpers/network/http-balancer.ts";
import { readMetric } from "../helpers/service/metrics.ts";

const PEOPLE = 4;

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

/** Opens a page on two pods behind a balancer. */
async function behindBalancer(
  options: HttpBalancerOptions,
  connection: string,
  play: (page: WhiteboardPage) => Promise<void>,
): Promise<void> {
  await using podA = await startWhiteboard({ POD_NAME: "pod-a" });
  await using podB = await startWhiteboard({ POD_NAME: "pod-b" });
  await using balancer = await HttpBalancer.start([podA.port, podB.port], options);
  const page = await openBoardPage(browser, balancer.url, { connection });
  await play(page);
}

async function saves(page: WhiteboardPage): Promise<void> {
  await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
  await page.untilSave("Saved");
  await page.untilConnection("Live");
  expect(await page.reason.isVisible()).toBe(false);
}

describe("a page that no WebSocket gets through to", () => {
  test("[W1] works by long polling when the balancer keeps it on one pod", () =>
    behindBalancer({ isSticky: true, refusesUpgrades: true }, "Live", saves));

  test("[W1] says what is needed when the balancer does not, also of what was drawn", () =>
    behindBalancer({ refusesUpgrades: true }, "Reconnecting", async (page) => {
      await page.reason
        .getByText(
          "The connection is broken again and again: long polling needs a balancer that keeps it on one server. Ask who runs this service, or allow WebSocket.",
          { exact: true },
        )
        .waitFor();
      await page.draw(curve([0.1, 0.2], [0.9, 0.2]));
      await page.reason
        .getByText(/^Not saved: the connection is broken again and again: .* changes? waits? /)
        .waitFor();
    }));
});

test.each([{ isSticky: true }, { isSticky: false }])(
  "[W1] a page that has a WebSocket works, whether the balancer keeps it on one pod or not: $isSticky",
  (options) => behindBalancer(options, "Live", saves),
);

test.each([{ refusesUpgrades: false }, { refusesUpgrades: true }])(
  "[W13] all people of a board meet on one pod at their first visit, where the balancer asks for the board's cookie: $refusesUpgrades",
  async ({ refusesUpgrades }) => {
    await using podA = await startWhiteboard({ POD_NAME: "pod-a" });
    await using podB = await startWhiteboard({ POD_NAME: "pod-b" });
    const options = { isSticky: true, cookieName: "board", refusesUpgrades };
    await using balancer = await HttpBalancer.start([podA.port, podB.port], options);
    for (let person = 0; person < PEOPLE; person += 1) await openBoardPage(browser, balancer.url, { path: "/b/plans" });
    const clients = [podA, podB].map(({ adminUrl }) => readMetric(adminUrl, "crosspod_board_clients"));
    expect((await Promise.all(clients)).sort()).toEqual([0, PEOPLE]);
  },
);
