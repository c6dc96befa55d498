/** Dark enough for white letters on them, and for the white paper under them. */
const COLORS = [
  "#0b5cad",
  "#a3327e",
  "#14733f",
  "#a84300",
  "#6a3fc2",
  "#00707a",
  "#b3261e",
  "#5f5b00",
  "#3d4f8f",
  "#8a3ab9",
  "#7a4a21",
  "#c2185b",
];

/** The colour of a person's cursor and badge; the same on all pages. */
export function personColor(id: string): string {
  return COLORS[hash(id) % COLORS.length] ?? "#0b5cad";
}

/** FNV-1a. */
function hash(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

/** The first letters of up to two words of a name. */
export function initials(name: string): string {
  const [first = "", ...rest] = name.trim().split(/\s+/u);
  return [first, rest.at(-1) ?? ""]
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
}
