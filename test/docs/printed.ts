import { hostname } from "node:os";
import { isDeepStrictEqual } from "node:util";

/** What differs each time: times, counts that follow from them, and names. */
const LOOSE: readonly (readonly [RegExp, string])[] = [
  [/\b\d+(\.\d+)? ?(ms|s|m|h|KiB|MiB)\b/g, "TIME"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME"],
  [/\b\d{13}\b/g, "TIME"],
  [/\b\d+ (connections|updates|strokes|characters)\b/g, "SOME $1"],
  [/\bprobe-[0-9a-f]{8}\b/g, "probe-NAME"],
];

/** Fields of JSON that are named anew each time. */
const NAMED: ReadonlySet<string> = new Set(["epoch", "token", "sid"]);

const loosened = (text: string): string =>
  LOOSE.reduce((loose, [pattern, word]) => loose.replace(pattern, word), text.replaceAll(hostname(), "myhost"));

/** Whether a command has printed what a page shows: as JSON, or as lines, in which `…` stands for anything. */
export function isPrinted(shown: string, printed: string, language: "json" | "text"): boolean {
  if (language === "json") return isDeepStrictEqual(loosenedJson(shown), loosenedJson(printed));
  const lines = loosened(shown).trimEnd().split("\n");
  const pattern = lines.map((line) => (line.trim() === "…" ? "(.*\\n)*?" : `${lineOf(line)}\\n`)).join("");
  const all = loosened(printed).trimEnd().split("\n");
  return new RegExp(`^${pattern}$`).test(all.map((line) => `${line.trimEnd()}\n`).join(""));
}

const lineOf = (line: string): string => line.trimEnd().split("…").map(escaped).join(".*");

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

function loosenedJson(text: string): unknown {
  try {
    return JSON.parse(loosened(text.replace(/\b\d{13}\b/g, "1")), (name, value) => (NAMED.has(name) ? "NAME" : value));
  } catch {
    return text;
  }
}
