import { describe, expect, test } from "vitest";
import { Page, pagesOf } from "./pages.ts";

const COLUMNS = 120;
const MAX_PARAGRAPH_LINES = 5;
const MAX_SENTENCE_WORDS = 30;
const README = { words: 900, lines: 150 };

/** Documents for people. SPEC.md is none: its rules are long, and numbered. */
const PAGES = pagesOf(/^(?!SPEC\.md)/);

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));

/** How many lines a paragraph takes where lines are that long. */
function linesOf(text: string): number {
  let [lines, column] = [1, 0];
  for (const { length } of text.split(/\s+/)) {
    const isFull = column > 0 && column + 1 + length > COLUMNS;
    lines += Number(isFull);
    column = isFull || column === 0 ? length : column + 1 + length;
  }
  return lines;
}

/** Ends where a stop is followed by what can begin a sentence. */
const sentencesOf = (text: string): string[] => text.split(/(?<=[.!?…][)"'”]?)\s+(?=["'“(]?[\p{Lu}\p{N}`_$./-])/u);

const longSentencesOf = (page: Page): string[] =>
  page.paragraphs.flatMap(sentencesOf).filter((sentence) => wordsOf(sentence).length > MAX_SENTENCE_WORDS);

const longParagraphsOf = (page: Page): string[] =>
  page.paragraphs.filter((paragraph) => linesOf(paragraph) > MAX_PARAGRAPH_LINES);

describe.each(PAGES.map((page) => [page.path, page] as const))("the prose of %s", (_path, page) => {
  test(`has no sentence of more than ${MAX_SENTENCE_WORDS} words`, () => {
    expect(longSentencesOf(page)).toEqual([]);
  });

  test(`has no paragraph of more than ${MAX_PARAGRAPH_LINES} lines`, () => {
    expect(longParagraphsOf(page)).toEqual([]);
  });
});

test("README.md is short", () => {
  const { text } = new Page("README.md");
  expect(text.split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(README.words);
  expect(text.trimEnd().split("\n").length).toBeLessThanOrEqual(README.lines);
});

test("long sentences and paragraphs are found, and code is not prose", () => {
  const words = (count: number): string => Array.from({ length: count }, () => "word").join(" ");
  const sample = [
    `${words(30)}. ${words(31)}. End with \`${words(40)}\`.`,
    `- ${words(31)}`,
    `| head |\n|---|\n| ${words(31)} |`,
    `\`\`\`sh\n${words(200)}\n\`\`\``,
    Array.from({ length: 13 }, () => `Begin ${words(9)}.`).join(" "),
  ].join("\n\n");
  const page = new Page("docs/sample.md", sample);
  expect(longSentencesOf(page)).toHaveLength(3);
  expect(longParagraphsOf(page)).toHaveLength(1);
});
