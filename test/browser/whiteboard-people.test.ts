import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { startWhiteboard } from "../helpers/board/running-whiteboard.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { openBoardPage, type WhiteboardPage } from "../helpers/browser/whiteboard-page.ts";

const DEADLINE = { timeout: 15_000 };
const MARKUP = '<img src=x onerror="alert(1)">'.slice(0, 32);

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

const names = ({ page }: WhiteboardPage): Promise<string[]> => page.locator("#people-list .name").allTextContents();

describe("the people on a board", () => {
  test("[W11] are listed with their names, oneself first, and are gone when they leave", async () => {
    await using service = await startWhiteboard();
    const ada = await openBoardPage(browser, service.url, { name: "Ada" });
    const bo = await openBoardPage(browser, service.url, { name: "Bo" });
    const elsewhere = await openBoardPage(browser, service.url, { name: "Cleo", path: "/b/elsewhere" });

    await expect.poll(() => names(ada), DEADLINE).toEqual(["Ada", "Bo"]);
    await expect.poll(() => names(bo), DEADLINE).toEqual(["Bo", "Ada"]);
    await expect.poll(() => names(elsewhere), DEADLINE).toEqual(["Cleo"]);
    await bo.page.close();

    await expect.poll(() => names(ada), DEADLINE).toEqual(["Ada"]);
  });

  test("[W11] have cursors with names, at the same place of the board in each window", async () => {
    await using service = await startWhiteboard();
    const ada = await openBoardPage(browser, service.url, { name: "Ada", viewport: { width: 1_280, height: 800 } });
    const bo = await openBoardPage(browser, service.url, { name: "Bo", viewport: { width: 800, height: 700 } });
    const { x, y } = await ada.pixel([0.25, 0.5]);
    const cursor = bo.page.locator(".cursor", { hasText: "Ada" });

    await ada.page.mouse.move(x, y);

    const expected = await bo.pixel([0.25, 0.5]);
    const distance = async (): Promise<number> => {
      const box = await cursor.boundingBox();
      return box ? Math.hypot(box.x - expected.x, box.y - expected.y) : Number.POSITIVE_INFINITY;
    };
    await expect.poll(distance, DEADLINE).toBeLessThan(2);
    await ada.leave();
    await cursor.waitFor({ state: "detached" });
    expect(await ada.page.locator(".cursor").count()).toBe(0);
  });

  test("[W11] are called what they want, which the browser keeps", async () => {
    await using service = await startWhiteboard();
    const ada = await openBoardPage(browser, service.url);
    const bo = await openBoardPage(browser, service.url, { name: "Bo" });
    await ada.page.locator("#people-button").click();
    const field = ada.page.getByLabel("Your name");
    expect(await field.inputValue()).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);

    await field.fill("  Ada   Lovelace ");
    await field.press("Enter");

    await expect.poll(() => names(bo), DEADLINE).toEqual(["Bo", "Ada Lovelace"]);
    await ada.page.reload();
    await ada.untilConnection("Live");
    await expect.poll(() => names(ada), DEADLINE).toEqual(["Ada Lovelace", "Bo"]);
  });

  test("[W11] may have markup for a name, which is text everywhere", async () => {
    await using service = await startWhiteboard();
    const ada = await openBoardPage(browser, service.url, { name: MARKUP });
    const bo = await openBoardPage(browser, service.url, { name: "<b>Bo</b>" });
    const { x, y } = await ada.pixel([0.5, 0.5]);
    await ada.page.mouse.move(x, y);

    await bo.page.locator(".cursor").getByText(MARKUP, { exact: true }).waitFor();
    await expect.poll(() => names(bo), DEADLINE).toEqual(["<b>Bo</b>", MARKUP]);
    for (const { page } of [ada, bo]) {
      expect(await page.locator(".cursor img, .cursor b, #people-list img, #people-list b").count()).toBe(0);
    }
  });

  test("[W1] the page names the pod that serves it", async () => {
    await using service = await startWhiteboard({ POD_NAME: "wb-7d9c4" });
    const page = await openBoardPage(browser, service.url);

    await page.page.locator("#pod").getByText("wb-7d9c4", { exact: true }).waitFor();
  });
});
