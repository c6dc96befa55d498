import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";
import { DEADLINE_MS } from "../helpers/deadline.ts";
import { type CodeBlock, Page, pagesOf } from "./pages.ts";
import { isPrinted } from "./printed.ts";
import { Shell } from "./shell.ts";

const PAGES = pagesOf(/^(README|docs\/(tutorials|how-to|reference)\/[\w-]+)\.md$/);
const PAGE_TIMEOUT_MS = 240_000;

const isShell = ({ info: [language] }: CodeBlock): boolean => language === "sh";
/** Needs a container or a cluster, and is only looked at. */
const isElsewhere = (block: CodeBlock): boolean => isShell(block) && block.info.length > 1;

/** Another test may pack it while this one runs. */
const LIBRARY = join(root, "packages/client/dist");

/** A copy of the working tree, with the installation as it is. */
let copy: string;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/crosspod-commands-`);
  copy = join(folder, "crosspod");
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => ![".git", "node_modules", "screenshots"].includes(basename(path)) && path !== LIBRARY,
  });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An address that no other page has, nor the pages of another checkout: so each has all ports for itself. */
function addressOf(index: number): string {
  const [second = 0, third = 0] = createHash("sha256").update(root).digest();
  return `127.${100 + (second % 100)}.${third}.${index + 1}`;
}

/** Runs the commands of a page, one after the other, and says what is not as the page says. */
async function mistakesOf({ code }: Page, address: string, graceMs = DEADLINE_MS): Promise<string[]> {
  const shell = new Shell(mkdtempSync(join(folder, "page-")), copy, address);
  const mistakes: string[] = [];
  try {
    for (const [index, block] of code.entries()) {
      if (!isShell(block) || isElsewhere(block)) continue;
      const mistake = await mistakeIn(block, code[index + 1], shell, address);
      if (mistake === undefined) continue;
      mistakes.push(mistake);
      break;
    }
  } finally {
    // A page that was not gone through to its end has not ended what it started.
    const left = await shell.close(mistakes.length > 0 ? 0 : graceMs);
    if (mistakes.length === 0) mistakes.push(...left.map((command) => `left running: ${command}`));
  }
  return mistakes;
}

/** Runs a block, and says what is wrong: a command that fails, or another output than the next block shows. */
async function mistakeIn({ text }: CodeBlock, next: CodeBlock | undefined, shell: Shell, address: string) {
  const { exitCode, stdout, stderr } = await shell.run(text.replace(/\b(localhost|127\.0\.0\.1)\b/g, address));
  const printed = stdout.replaceAll(address, "localhost");
  if (exitCode !== 0) return `${text}\nended with ${exitCode}\n${printed}${stderr}`;
  const language = next?.info[0];
  if (!next || (language !== "text" && language !== "json") || isPrinted(next.text, printed, language))
    return undefined;
  return `${text}\nprinted\n${printed}${stderr}\nand not\n${next.text}`;
}

const withCommands = PAGES.filter(({ code }) => code.some((block) => isShell(block) && !isElsewhere(block)));

describe.skipIf(process.platform !== "linux")("the commands of", () => {
  test.each(withCommands.map((page, index) => [page.path, page, index] as const))(
    "%s run, and print what it shows",
    { timeout: PAGE_TIMEOUT_MS },
    async (_path, page, index) => {
      expect(await mistakesOf(page, addressOf(index))).toEqual([]);
    },
  );

  const sample = (...blocks: readonly string[]): Page => new Page("docs/sample.md", blocks.join("\n\n"));
  const block = (info: string, ...lines: readonly string[]): string => `\`\`\`${info}\n${lines.join("\n")}\n\`\`\``;

  test("a page are typed into one shell", async () => {
    const page = sample(
      block("sh", "cd docs", "export NAME=pod", "sleep 1000 &"),
      block("sh", 'echo "$NAME at localhost took 3.5 ms in $PWD"', "echo more", "echo end"),
      block("text", "pod at localhost took 20 ms in …/docs", "…", "end"),
      block("sh", `echo '{"at":1800000000001,"pod":"x"}'`),
      block("json", '{ "pod": "x", "at": 1700000000000 }'),
      block("sh docker", "false"),
      block("sh", "kill %1"),
    );
    expect(await mistakesOf(page, addressOf(250))).toEqual([]);
  });

  test.each([
    ["a command that fails", [block("sh", "echo before", "false", "echo behind")], /ended with 1\nbefore\n$/],
    ["another output", [block("sh", "echo 1"), block("text", "2")], /^echo 1\nprinted\n1\n/],
    ["more output", [block("sh", "echo 1; echo 2"), block("text", "1")], /^echo 1; echo 2\nprinted/],
    ["other JSON", [block("sh", "echo '{\"a\":1}'"), block("json", '{"a":2}')], /and not/],
    ["what is not JSON", [block("sh", "echo 1 2"), block("json", "{}")], /and not/],
  ])("a page are found wrong: %s", async (_what, blocks, mistake) => {
    expect(await mistakesOf(sample(...blocks), addressOf(250))).toEqual([expect.stringMatching(mistake)]);
  });

  test("a page that leave something running are found, and it is ended", async () => {
    const page = sample(block("sh", "(sleep 1000 &)"));
    expect(await mistakesOf(page, addressOf(250), 500)).toEqual(["left running: sleep 1000"]);
  });
});

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const TOP = new Set(readdirSync(root));

/** The words of commands that name a file or a folder of the repository, seen from it or from beside it. */
const pathsIn = (text: string): string[] =>
  text
    .replaceAll(/apiVersion: \S+/g, "")
    .split(/[\s"';,[\]]+/)
    .map((word) => word.replace(/^\.\.\/crosspod\//, ""))
    .filter((word) => TOP.has(word.split("/")[0] ?? ""));

/** Whether a path is there; a variable stands for any name. */
function isThere(path: string): boolean {
  const [before, variable, behind] = path.split(/(\$\w+)/, 3);
  if (!variable) return existsSync(join(root, path));
  return readdirSync(join(root, before ?? "")).some((name) => existsSync(join(root, before ?? "", name + behind)));
}

/** What kubectl says of a folder that it cannot build; nothing where it is not installed. */
function buildMistake(path: string): string | undefined {
  if (!existsSync(join(path, "kustomization.yaml"))) return `${path} has no kustomization.yaml`;
  if (!hasKubectl) return undefined;
  const { status, stderr } = spawnSync("kubectl", ["kustomize", path]);
  return status === 0 ? undefined : `${stderr}`;
}

/** Makes the folder of a reader's own, beside the repository, as a page says, and builds it. */
function ownMistake(kustomization: string, commands: string): string | undefined {
  const beside = mkdtempSync(join(folder, "beside-"));
  const own = join(beside, "own");
  mkdirSync(own);
  symlinkSync(copy, join(beside, "crosspod"));
  writeFileSync(join(own, "kustomization.yaml"), kustomization);
  for (const [line] of commands.matchAll(/^cp .*$/gm)) {
    if (spawnSync("sh", ["-c", line], { cwd: own }).status !== 0) return `${line} fails`;
  }
  return buildMistake(own);
}

describe.each(PAGES.filter(({ code }) => code.some(isElsewhere)).map((page) => [page.path, page] as const))(
  "the commands of %s for a container or a cluster",
  (_path, { code }) => {
    const commands = code.filter(isElsewhere).map(({ text }) => text);
    const kustomizations = code.filter(
      ({ info: [language], text }) => language === "yaml" && /kind: Kustomization/.test(text),
    );

    test("name files and folders that are there", () => {
      const paths = [...commands, ...kustomizations.map(({ text }) => text)].flatMap(pathsIn);
      expect(paths.filter((path) => !isThere(path))).toEqual([]);
    });

    test("apply what can be built", () => {
      const folders = commands.flatMap((text) => [...text.matchAll(/\s-k (\w\S*)/g)].map(([, path = ""]) => path));
      expect([...new Set(folders)].flatMap((path) => buildMistake(join(root, path)) ?? [])).toEqual([]);
      expect(kustomizations.flatMap(({ text }) => ownMistake(text, commands.join("\n")) ?? [])).toEqual([]);
    });
  },
);
