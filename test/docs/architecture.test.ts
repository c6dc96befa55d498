import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { Page } from "./pages.ts";

/** Where the files of a place are, by how its name ends. */
const FOLDERS: readonly (readonly [end: RegExp, folder: string])[] = [
  [/the page$/, "apps/whiteboard/src/client"],
  [/the client$/, "packages/client/src"],
  [/^(pod A|Redis|each pod, A and B)$/, "apps/whiteboard/src/server"],
];

test("the way of a stroke goes through files that are there", () => {
  let place = "";
  const paths = new Page("docs/explanation/architecture.md").tableBehind("In the code").map(({ where, file = "" }) => {
    place = where || place;
    const folder = FOLDERS.find(([end]) => end.test(place))?.[1] ?? `no folder of ${place}`;
    return file.startsWith("packages/") ? file : `${folder}/${file}`;
  });
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});
