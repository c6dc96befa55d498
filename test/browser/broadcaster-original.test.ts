import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { openPage } from "../helpers/browser/broadcaster-page.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { pageDirectory, startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { serveOriginalPage } from "../helpers/original/original-page.ts";
import { startOriginalServer } from "../helpers/original/original-server.ts";

const DEADLINE = { timeout: 15_000 };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

describe("beside the original example", () => {
  test("the page works against the original server: live, without a pod, and it can send", async () => {
    await using server = await startOriginalServer(pageDirectory);
    const [page, other] = await Promise.all([openPage(browser, server.url), openPage(browser, server.url)]);
    for (const opened of [page, other]) await opened.untilState("Live");

    await page.field("ID").fill("8");
    await page.field("Value").fill("300");
    await page.send.click();
    await page.outcome.getByText("Sent 8 = 300", { exact: true }).waitFor();
    await publish(server.url, "5", "600");

    for (const opened of [page, other]) {
      await expect.poll(() => opened.values(), DEADLINE).toEqual({ 5: "600", 8: "300" });
      const rows = await opened.rows();
      expect([rows[4]?.colour, rows[7]?.colour]).toEqual(["red", "yellow"]);
      expect(await opened.state.textContent()).toBe("Live");
      expect(await opened.pod.isVisible()).toBe(false);
      expect(await opened.revision.isVisible()).toBe(false);
    }
  });

  test("[B7] the original page works against this service: every message is an update", async () => {
    await using service = await startBroadcaster();
    await publish(service.url, "1", "200");
    await using original = await serveOriginalPage(service);
    const page = await browser.newPage();
    await page.goto(original.url);
    await page.waitForFunction(() => document.title === "open");

    for (const [id, value] of [
      ["8", "300"],
      ["5", "600"],
      ["3", "290"],
    ] as const) {
      await publish(service.url, id, value);
    }

    const cells = (): Promise<Record<string, string[]>> =>
      page
        .locator("tr")
        .evaluateAll((rows) =>
          Object.fromEntries(
            rows.map((row) => [row.id, [row.lastElementChild?.textContent ?? "", row.className]] as const),
          ),
        );
    await expect.poll(cells, DEADLINE).toEqual({
      row1: ["200", "success"],
      row2: ["0", ""],
      row3: ["290", "warning"],
      row4: ["0", ""],
      row5: ["600", "error"],
      row6: ["0", ""],
      row7: ["0", ""],
      row8: ["300", "warning"],
      row9: ["0", ""],
    });
    expect(await page.evaluate("mistakes")).toEqual([]);
  });
});
