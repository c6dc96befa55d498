import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";

/** The rules of axe that a page breaks, and where. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
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
