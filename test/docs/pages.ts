import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import GithubSlugger from "github-slugger";
import { type MarkedToken, marked, type Token } from "marked";
import { root } from "../../scripts/apps.mjs";

/** Folders that hold nothing that was written by hand. */
const MADE: ReadonlySet<string> = new Set([".git", "node_modules", "dist", "screenshots"]);

/** A block of code: the words behind its fence, and its text. */
export interface CodeBlock {
  readonly info: readonly string[];
  readonly text: string;
}

/** A Markdown file of the repository. */
export class Page {
  /** From the repository's folder on. */
  readonly path: string;
  readonly text: string;
  readonly #tokens: readonly MarkedToken[];

  constructor(path: string, text = readFileSync(join(root, path), "utf8")) {
    this.path = path;
    this.text = text;
    const tokens: Token[] = [];
    marked.walkTokens(marked.lexer(text), (token) => void tokens.push(token));
    this.#tokens = tokens as MarkedToken[];
  }

  /** The addresses of its links and pictures, as they are written. */
  get links(): string[] {
    return this.#tokens.flatMap((token) => {
      if (token.type === "link" || token.type === "image") return token.href;
      return token.type === "html"
        ? [...token.text.matchAll(/\b(?:href|src)="([^"]+)"/g)].map(([, to = ""]) => to)
        : [];
    });
  }

  /** What a link can name behind `#`: its headings as GitHub makes anchors of them, and the ids of its HTML. */
  get anchors(): ReadonlySet<string> {
    const slugger = new GithubSlugger();
    const anchors = this.#tokens.flatMap((token) => {
      if (token.type === "heading") return slugger.slug(plainText(token.tokens));
      return token.type === "html" ? [...token.text.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id) : [];
    });
    return new Set(anchors);
  }

  get code(): CodeBlock[] {
    return this.#tokens.flatMap((token) =>
      token.type === "code" ? [{ info: (token.lang ?? "").split(" ").filter(Boolean), text: token.text }] : [],
    );
  }

  /** Paragraphs, the lines of lists and the cells of tables, as a person reads them; a span of code is one word. */
  get paragraphs(): string[] {
    return this.#tokens.flatMap((token) => {
      // In a list that is not spread out a line is no paragraph.
      if (token.type === "paragraph" || (token.type === "text" && token.tokens)) return plainText(token.tokens ?? []);
      if (token.type !== "table") return [];
      return [token.header, ...token.rows].flat().map(({ tokens }) => plainText(tokens));
    });
  }

  /** The rows of the table behind a heading, each by the cells of the first row: as text, without marks of code. */
  tableBehind(heading: string, count = 1): Record<string, string>[] {
    const start = this.#tokens.findIndex((token) => token.type === "heading" && token.text === heading);
    const tables = this.#tokens.slice(start).flatMap((token) => (token.type === "table" ? token : []));
    const table = start < 0 ? undefined : tables[count - 1];
    if (!table) throw new Error(`${this.path} has no table ${count} behind "${heading}"`);
    const names = table.header.map(({ tokens }) => plainText(tokens, (code) => code));
    return table.rows.map((row) =>
      Object.fromEntries(row.map(({ tokens }, index) => [names[index], plainText(tokens, (code) => code)])),
    );
  }
}

/** What a person reads. */
export function plainText(
  tokens: readonly Token[],
  ofCode = (text: string) => `\`${text.replaceAll(" ", "_")}\``,
): string {
  return tokens
    .map((token) => {
      if (token.type === "codespan") return ofCode(token.text);
      if (token.type === "br") return "\n";
      if (token.type === "html") return "";
      return "tokens" in token && token.tokens ? plainText(token.tokens, ofCode) : "text" in token ? token.text : "";
    })
    .join("");
}

/** The files below a folder of the repository whose paths match, in their order. */
export function filesOf(pattern: RegExp, folder = ""): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return MADE.has(entry.name) ? [] : filesOf(pattern, path);
      return entry.isFile() && pattern.test(path) ? [path] : [];
    })
    .sort();
}

/** The Markdown files of the repository whose paths match. */
export const pagesOf = (pattern = /\.md$/): Page[] =>
  filesOf(/\.md$/)
    .filter((path) => pattern.test(path))
    .map((path) => new Page(path));
