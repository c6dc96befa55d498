import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { overflow, violations } from "../helpers/browser/accessibility.ts";
import { openPage } from "../helpers/browser/broadcaster-page.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { publish } from "../helpers/feed/publisher.ts";
import { type RunningBroadcaster, startBroadcaster } from "../helpers/feed/running-broadcaster.ts";

const TOKEN = "correct-horse";
const DEADLINE = { timeout: 15_000 };
const PHONE = { width: 360, height: 740 };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

async function publishAllLevels({ url }: RunningBroadcaster): Promise<void> {
  for (const value of ["100", "150"]) await publish(url, "1", value);
  for (const value of ["300", "250"]) await publish(url, "2", value);
  for (const value of ["600", "700"]) await publish(url, "3", value);
  await publish(url, "4", "closed");
}

describe("everybody can use the broadcaster's page", () => {
  test("axe finds nothing in light and dark colours", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await publishAllLevels(service);
    await page.row("4").getByText("closed").waitFor();
    // The light of the last change is over.
    await page.page.waitForFunction(() => document.getAnimations().length === 0);

    expect(await violations(page.page)).toEqual([]);
  });

  test("axe finds nothing in errors and lost connections, in light and dark colours", async () => {
    const page = await (async () => {
      await using service = await startBroadcaster({ API_TOKEN: TOKEN });
      const opened = await openPage(browser, service.url);
      await opened.send.click();
      await opened.field("Token").fill(TOKEN);
      await opened.send.click();
      await opened.page.getByText("id is empty").waitFor();
      return opened;
    })();
    await page.untilState("Reconnecting");

    expect(await violations(page.page)).toEqual([]);
  });

  test("a phone's width is enough, whatever the values, and in every state", async () => {
    const page = await (async () => {
      await using service = await startBroadcaster({ POD_NAME: `pod-${"x".repeat(100)}` });
      const opened = await openPage(browser, service.url, { viewport: PHONE, isMobile: true, hasTouch: true });
      await publishAllLevels(service);
      await publish(service.url, "W".repeat(64), "W".repeat(256));
      await opened.page.locator("tbody tr").nth(9).waitFor();
      await opened.field("ID").fill("x".repeat(65));
      await opened.send.click();
      await opened.page.getByText("the limit is 64").waitFor();
      expect(await overflow(opened.page)).toEqual([]);
      return opened;
    })();
    await page.untilState("Reconnecting");

    expect(await overflow(page.page)).toEqual([]);
  });

  test("a screen reader hears of new states and of nothing else in the feed", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    const announcement = page.page.locator("#announcement");

    await announcement.getByText("Live.").waitFor({ state: "attached" });
    for (let value = 1; value <= 20; value += 1) await publish(service.url, "1", `${value}`);
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 1: "20" });

    expect(await page.page.locator("tbody").evaluate((rows) => rows.closest("[aria-live], [role=status]"))).toBeNull();
    expect((await announcement.textContent())?.trim()).toBe("Live.");
  });

  test("a screen reader hears the level of a row in words, without the signs", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    await publishAllLevels(service);

    await page.page.getByRole("row", { name: /^2 250 high recent values 300, 250 / }).waitFor();
    await page.page.getByRole("row", { name: /^3 700 critical recent values 600, 700 / }).waitFor();
    await page.page.getByRole("row", { name: /^9 no value yet/ }).waitFor();
  });
});
