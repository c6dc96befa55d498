import type { Browser } from "playwright-core";
import { describe, expect, test, vi } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { overflow, violations } from "../helpers/browser/accessibility.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { curve, openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const DEADLINE = { timeout: 15_000 };
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
/** Lies beyond the edge of the stage, which cuts it off, or is not shown. */
const CUT_OFF = ".stage *, .sprite *";
const LONG_BOARD = `/b/${"wide-board-".repeat(5)}`.slice(0, 60);

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

describe("everybody can use the whiteboard's page", () => {
  test("axe finds nothing, in light and dark colours: a board, its menus, messages and help", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url);
    await openBoardPage(browser, service.url, { name: "Bo" });
    expect(await violations(page.page), "an empty board").toEqual([]);

    await page.draw(curve([0.1, 0.2], [0.9, 0.3]));
    await page.page.locator("#board-button").click();
    await page.page.getByLabel("Name of a board").fill("no such name");
    await page.page.keyboard.press("Enter");
    expect(await violations(page.page), "the board's menu").toEqual([]);
    await page.page.locator("#people-button").click();
    expect(await violations(page.page), "the people").toEqual([]);
    await page.page.keyboard.press("Escape");
    await page.button("Clear the board").click();
    expect(await violations(page.page), "a message").toEqual([]);
    await page.button("Help").click();
    expect(await violations(page.page), "the help").toEqual([]);
  });

  test("axe finds nothing on a phone without a connection, in light and dark colours", async () => {
    const page = await (async () => {
      await using service = await startWhiteboard();
      return await openBoardPage(browser, service.url, PHONE);
    })();
    await page.untilConnection("Reconnecting");
    await page.draw(curve([0.1, 0.2], [0.9, 0.3]));
    await page.reason.getByText("Not saved").waitFor();

    expect(await violations(page.page)).toEqual([]);
    expect(await overflow(page.page, CUT_OFF)).toEqual([]);
  });

  test("a phone's width is enough, whatever the names and in every menu", async () => {
    await using service = await startWhiteboard();
    const options = { path: LONG_BOARD, name: "W".repeat(32) };
    const page = await openBoardPage(browser, service.url, { ...PHONE, ...options });
    await Promise.all([1, 2, 3].map(() => openBoardPage(browser, service.url, options)));
    await expect.poll(() => page.page.locator("#people-list li").count(), DEADLINE).toBe(4);

    expect(await overflow(page.page, CUT_OFF)).toEqual([]);
    for (const menu of ["#board-button", "#people-button"]) {
      await page.page.locator(menu).click();
      expect(await overflow(page.page, CUT_OFF)).toEqual([]);
      await page.page.keyboard.press("Escape");
    }
    for (const control of await page.page.locator(".toolbar button").all()) {
      const box = await control.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24);
    }
  });

  test("the keyboard alone draws, picks colours, erases, undoes and clears", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url);
    const { keyboard } = page.page;
    const press = async (...keys: readonly string[]): Promise<void> => {
      for (const key of keys) await keyboard.press(key);
    };
    const focused = (): Promise<string> => page.page.evaluate(() => document.activeElement?.id ?? "");

    while ((await focused()) !== "stage") await press("Tab");
    await press("2", "Enter", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowRight", "Enter");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(1);
    await page.page.locator(".crosshair").waitFor();
    await press("ArrowDown", "ArrowDown", "ArrowDown", "Enter", "Shift+ArrowRight", "Enter");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(2);
    await press("e", "Enter", "Enter");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(1);
    await press("Control+z");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(2);

    await press("Tab");
    expect(await focused()).toBe("pen");
    await press("Enter");
    expect(await page.button("Pen").getAttribute("aria-pressed")).toBe("true");
    for (let presses = 0; presses < 5; presses += 1) await press("ArrowRight");
    await press("Space");
    expect(await page.button("green").getAttribute("aria-pressed")).toBe("true");
    await press("End");
    expect(await focused()).toBe("clear");
    await press("Enter");
    await expect.poll(() => page.strokes(), DEADLINE).toBe(0);
  });

  test("the help lists the shortcuts, opens with a key and closes with another", async () => {
    await using service = await startWhiteboard();
    const page = await openBoardPage(browser, service.url);
    const dialog = page.page.getByRole("dialog", { name: "Keys and moves" });

    await page.page.keyboard.press("?");
    await dialog.getByText("Undo what you did").waitFor();
    await page.page.keyboard.press("e");
    await page.page.keyboard.press("Escape");

    await dialog.waitFor({ state: "hidden" });
    expect(await page.button("Pen").getAttribute("aria-pressed")).toBe("true");
  });

  test("a screen reader hears that nothing is saved, and that it is again, but not each stroke", async () => {
    await using service = await startWhiteboard({ PING_SECONDS: "1" });
    const page = await openBoardPage(browser, service.url);
    const announcement = page.page.locator("#announcement");
    await announcement.getByText("Live. Saved").waitFor({ state: "attached" });
    await page.page.evaluate(() => {
      const region = document.querySelector("#announcement");
      const heard: string[] = [];
      Object.assign(window, { heard });
      if (region) new MutationObserver(() => heard.push(region.textContent ?? "")).observe(region, { childList: true });
    });

    const forget = () => page.page.evaluate(() => (window as unknown as { heard: string[] }).heard.splice(0));
    // A stroke that takes long to be saved, as on a busy machine, is worth to be heard.
    await vi.waitFor(async () => {
      await forget();
      await page.draw(curve([0.1, 0.2], [0.9, 0.3]));
      await page.draw(curve([0.1, 0.5], [0.9, 0.6]));
      await page.untilSave("Saved");
      await announcement.getByText("Live. Saved").waitFor({ state: "attached" });
      expect(await forget()).toEqual([]);
    }, DEADLINE);
    await page.page.context().setOffline(true);
    await page.untilConnection("Reconnecting");
    await page.draw(curve([0.1, 0.7], [0.9, 0.7]));
    await announcement.getByText(/^Reconnecting\. Not saved: /).waitFor({ state: "attached" });
    await page.page.context().setOffline(false);
    await announcement.getByText("Live. Saved").waitFor({ state: "attached" });

    const heard = await page.page.evaluate(() => (window as unknown as { heard: string[] }).heard);
    expect(heard[0]).toMatch(/^Reconnecting/);
  });

  test("who wants less motion gets cursors that do not glide", async () => {
    await using service = await startWhiteboard();
    const still = await openBoardPage(browser, service.url, { reducedMotion: "reduce" });
    const gliding = await openBoardPage(browser, service.url, { reducedMotion: "no-preference" });
    const { x, y } = await still.pixel([0.5, 0.5]);
    for (const { page } of [still, gliding]) await page.mouse.move(x, y);

    const transition = ({ page }: WhiteboardPage): Promise<string> =>
      page
        .locator(".cursor")
        .first()
        .evaluate((cursor) => getComputedStyle(cursor).transitionDuration);

    expect(await transition(still)).toBe("0s");
    expect(await transition(gliding)).not.toBe("0s");
  });
});
