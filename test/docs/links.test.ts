import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { describe, expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { Page, pagesOf } from "./pages.ts";

const PAGES = new Map(pagesOf().map((page) => [page.path, page]));

/** Why a link of a page leads nowhere; undefined where it leads somewhere, or out of the repository. */
function brokenLink(page: Page, link: string): string | undefined {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return undefined;
  const [file = "", anchor] = decodeURI(link).split("#");
  const path = posix.join(file.startsWith("/") ? "" : posix.dirname(page.path), file);
  if (file !== "" && (path.startsWith("..") || !existsSync(join(root, path)))) return `${link}: there is no ${path}`;
  if (anchor === undefined) return undefined;
  const target = file === "" ? page : PAGES.get(path);
  if (!target) return `${link}: ${path} is no page, and has no anchors`;
  return target.anchors.has(anchor) ? undefined : `${link}: ${path} has no heading for #${anchor}`;
}

const brokenLinks = (page: Page): string[] => page.links.flatMap((link) => brokenLink(page, link) ?? []);

describe("links", () => {
  test.each([...PAGES.values()].map((page) => [page.path, page] as const))("of %s lead somewhere", (_path, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  test("that lead nowhere are found", () => {
    const text = [
      "# Some `code`, and more!",
      "## Twice",
      "## Twice",
      '<a id="own"></a> [a](#some-code-and-more) [b](#twice-1) [c](#own) [d](../README.md) [e](https://example.com/#x)',
      "[f](#twice-2) [g](nowhere.md) [h](../SPEC.md#nothing) [i](../package.json#x) ![j](../docs/none.png)",
      "",
      "`[not](a-link.md)`",
      "",
      "[k]: missing/file.md",
      "[k]",
    ].join("\n");
    const broken = brokenLinks(new Page("docs/sample.md", text));
    expect(broken.map((line) => line.split(":")[0])).toEqual([
      "#twice-2",
      "nowhere.md",
      "../SPEC.md#nothing",
      "../package.json#x",
      "../docs/none.png",
      "missing/file.md",
    ]);
  });
});
