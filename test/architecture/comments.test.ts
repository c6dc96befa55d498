import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { root } from "../../scripts/apps.mjs";

const MAX_LINES = 2;
const MAX_COLUMNS = 120;

/** How the comments of a language begin: on lines of their own, and where they have it as a block with an end. */
interface Style {
  readonly line?: RegExp;
  readonly block?: { readonly begin: RegExp; readonly end: string };
}

const C_STYLE: Style = { line: /^\s*\/\//, block: { begin: /^\s*\/\*/, end: "*/" } };
const HASH: Style = { line: /^\s*#(?!!)/ };
const STYLES: Readonly<Record<string, Style>> = {
  ts: C_STYLE,
  mjs: C_STYLE,
  js: C_STYLE,
  c: C_STYLE,
  css: C_STYLE,
  lua: { line: /^\s*--/ },
  html: { block: { begin: /^\s*<!--/, end: "-->" } },
  yaml: HASH,
  yml: HASH,
  sh: HASH,
  run: HASH,
  Dockerfile: HASH,
};

/** What is built, installed, or written in prose. */
const NOT_OURS = new Set(["dist", "node_modules", ".git", "docs"]);

/** Every file whose language is in {@link STYLES}, relative to the repository. */
function sources(folder = "."): string[] {
  return readdirSync(`${root}/${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (NOT_OURS.has(entry.name) || entry.name.endsWith(".d.ts")) return [];
    if (entry.isDirectory()) return sources(path);
    return styleOf(path) ? [path.slice(2)] : [];
  });
}

const styleOf = (path: string): Style | undefined => STYLES[/[^./]+$/.exec(path)?.[0] ?? ""];

interface Comment {
  readonly path: string;
  /** Counted from 1. */
  readonly start: number;
  readonly lines: readonly string[];
}

function commentsOf(path: string): Comment[] {
  const style = styleOf(path) ?? {};
  const text = readFileSync(`${root}/${path}`, "utf8").split("\n");
  const found: Comment[] = [];
  for (let start = 0; start < text.length; start += 1) {
    const length = commentLength(text.slice(start), style);
    if (length > 0) found.push({ path, start: start + 1, lines: text.slice(start, start + length) });
    start += Math.max(0, length - 1);
  }
  return found;
}

/** How many lines the comment has that a text begins with. */
function commentLength(text: readonly string[], { line, block }: Style): number {
  if (block?.begin.test(text[0] ?? "")) return text.findIndex((each) => each.includes(block.end)) + 1;
  const end = text.findIndex((each) => !line?.test(each));
  return end < 0 ? text.length : end;
}

/** The lines of a comment that say something. A parameter, a result and an error have one of their own. */
const wordsOf = ({ lines }: Comment): readonly string[] =>
  lines.filter((line) => /[\p{L}\p{N}]/u.test(line) && !/^\W*@\w+/.test(line));

const comments = sources().flatMap(commentsOf);

const named = ({ path, start }: Comment): string => `${path}:${start}`;

test("every comment is read", () => {
  expect(existsSync(`${root}/k8s/redis/handover.sh`)).toBe(true);
  expect(comments.length).toBeGreaterThan(1_500);
});

test(`a comment has at most ${MAX_LINES} lines, besides those of parameters and results`, () => {
  expect(comments.filter((comment) => wordsOf(comment).length > MAX_LINES).map(named)).toEqual([]);
});

test(`a line of a comment has at most ${MAX_COLUMNS} columns`, () => {
  expect(comments.filter(({ lines }) => lines.some((line) => line.length > MAX_COLUMNS)).map(named)).toEqual([]);
});
