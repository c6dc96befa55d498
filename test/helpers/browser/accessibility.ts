import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** What axe looks at that differs by the colours of a page. */
const RULES_ABOUT_COLOURS = ["color-contrast", "link-in-text-block"];

/**
 * The rules of axe that a page breaks, and where: all of them in light colours, and in dark ones those about colours.
 * Leaves the page as it was, in light colours.
 */
export async function violations(page: Page): Promise<string[]> {
  const light = await brokenRules(new AxeBuilder({ page }));
  await page.emulateMedia({ colorScheme: "dark" });
  const dark = await brokenRules(new AxeBuilder({ page }).withRules(RULES_ABOUT_COLOURS));
  await page.emulateMedia({ colorScheme: "light" });
  return [...light, ...dark.map((broken) => `dark: ${broken}`)];
}

async function brokenRules(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(" ")}`));
}

/** What reaches past the right edge of the window, but for what `cutOff` selects, which is cut off there on purpose. */
export function overflow(page: Page, cutOff = ":not(*)"): Promise<string[]> {
  const width = page.viewportSize()?.width ?? 0;
  return page.evaluate(
    ([right, ignored]) => {
      const elements = [...document.querySelectorAll(`body *:not(${ignored})`)];
      const wide = elements.filter((element) => element.getBoundingClientRect().right > right + 0.5);
      const scrolls = document.documentElement.scrollWidth > right ? ["the page"] : [];
      return [...scrolls, ...wide.map(({ tagName, id, className }) => `${tagName}#${id}.${className}`)];
    },
    [width, cutOff] as const,
  );
}
