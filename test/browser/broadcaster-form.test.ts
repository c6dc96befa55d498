import type { Browser } from "playwright-core";
import { describe, expect, test } from "vitest";
import { type BroadcasterPage, openPage } from "../helpers/browser/broadcaster-page.ts";
import { shareBrowser } from "../helpers/browser/shared-browser.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";

const TOKEN = "correct-horse";
const DEADLINE = { timeout: 15_000 };

let browser: Browser;
shareBrowser((launched) => {
  browser = launched;
});

async function send(page: BroadcasterPage, id: string, value: string): Promise<void> {
  await page.field("ID").fill(id);
  await page.field("Value").fill(value);
  await page.send.click();
}

/** The error that belongs to a field, for eyes and for screen readers. */
const errorOf = (page: BroadcasterPage, label: "ID" | "Value" | "Token"): Promise<string | null | undefined> =>
  page.field(label).evaluate((input) => {
    const error = document.getElementById(input.getAttribute("aria-describedby") ?? "");
    const shown = error?.checkVisibility() && input.getAttribute("aria-invalid") === "true";
    return shown ? error?.textContent : undefined;
  });

describe("the form of the broadcaster's page", () => {
  test("[B1] an update that is sent is confirmed with its revision and shown by every page", async () => {
    await using service = await startBroadcaster();
    const [page, other] = await Promise.all([openPage(browser, service.url), openPage(browser, service.url)]);

    await send(page, "8 & more", "300+1");

    await page.outcome.getByText("Sent 8 & more = 300+1, revision 1", { exact: true }).waitFor();
    for (const shown of [page, other])
      await expect.poll(() => shown.values(), DEADLINE).toEqual({ "8 & more": "300+1" });
  });

  test("an update can be sent and a command copied by keyboard alone", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url, { permissions: ["clipboard-read", "clipboard-write"] });
    const { keyboard } = page.page;
    await page.untilState("Live");

    await keyboard.press("Tab");
    await keyboard.type("5");
    await keyboard.press("Tab");
    await keyboard.type("600");
    await keyboard.press("Enter");

    await page.outcome.getByText("revision 1").waitFor();
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 5: "600" });

    await keyboard.type("610");
    await keyboard.press("Tab");
    await keyboard.press("Space");
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 5: "610" });

    await keyboard.press("Tab");
    await keyboard.press("Enter");
    await page.page.getByRole("button", { name: "Copied the command for id 8" }).waitFor();
    expect(await page.page.evaluate(() => navigator.clipboard.readText())).toBe(
      `curl "${service.url}api?id=8&value=300"`,
    );
  });

  test("a command can be copied where the browser has no clipboard for the page, as over plain http", async () => {
    await using service = await startBroadcaster();
    const context = await browser.newContext();
    await context.addInitScript("Object.defineProperty(navigator, 'clipboard', { value: undefined })");
    const page = await context.newPage();
    await page.goto(service.url);

    await page.getByRole("button", { name: "Copy the command for id 3" }).click();
    await page.getByRole("button", { name: "Copied the command for id 3" }).waitFor();

    await page.getByLabel("ID", { exact: true }).press("Control+V");
    expect(await page.getByLabel("ID", { exact: true }).inputValue()).toBe(`curl "${service.url}api?id=3&value=290"`);
  });

  test("[B3] what is wrong is shown at its field, which gets the focus, and goes away when it is put right", async () => {
    await using service = await startBroadcaster();
    const page = await openPage(browser, service.url);

    await send(page, "8", "x".repeat(257));

    await expect.poll(() => errorOf(page, "Value"), DEADLINE).toBe("value is 257 characters long; the limit is 256");
    expect(await errorOf(page, "ID")).toBeUndefined();
    expect(await page.field("Value").evaluate((input) => input === document.activeElement)).toBe(true);

    await send(page, "", "300");
    await expect.poll(() => errorOf(page, "ID"), DEADLINE).toBe("id is empty");
    expect(await errorOf(page, "Value")).toBeUndefined();

    await send(page, "8", "300");
    await page.outcome.getByText("revision 1").waitFor();
    expect(await errorOf(page, "ID")).toBeUndefined();
  });

  test("an update that a service does not answer is not called sent", async () => {
    const page = await (async () => {
      await using service = await startBroadcaster();
      const opened = await openPage(browser, service.url);
      await opened.untilState("Live");
      return opened;
    })();
    await page.untilState("Reconnecting");

    await send(page, "8", "300");

    await page.outcome.getByText("Not confirmed").waitFor();
  });

  test("[B3] where the service asks for a token, so does the page, and keeps it for the tab", async () => {
    await using service = await startBroadcaster({ API_TOKEN: TOKEN });
    const page = await openPage(browser, service.url);
    await page.untilState("Live");
    expect(await page.field("Token").isVisible()).toBe(false);

    await send(page, "8", "300");
    await expect.poll(() => errorOf(page, "Token"), DEADLINE).toContain("Authorization: Bearer TOKEN");
    expect(await page.field("Token").evaluate((input) => input === document.activeElement)).toBe(true);
    expect(await page.values()).toEqual({});

    await page.field("Token").fill("wrong-horse");
    await page.send.click();
    await expect.poll(() => errorOf(page, "Token"), DEADLINE).toContain("Authorization: Bearer TOKEN");

    await page.field("Token").fill("with space");
    await page.send.click();
    await expect.poll(() => errorOf(page, "Token"), DEADLINE).toContain("no spaces");

    await page.field("Token").fill(TOKEN);
    await page.send.click();
    await page.outcome.getByText("revision 1").waitFor();
    const command = page.page.locator("#commands code").first();
    expect(await command.textContent()).toContain(`-H "Authorization: Bearer $API_TOKEN"`);

    await page.page.reload();
    await send(page, "8", "310");
    await page.outcome.getByText("revision 2").waitFor();
    await expect.poll(() => page.values(), DEADLINE).toEqual({ 8: "310" });
  });
});
