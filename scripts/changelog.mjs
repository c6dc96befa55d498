/** What does not go on with the line before it: an item, a title, a quotation, a table, code. */
const BLOCK_START = /^(\s*([-*]|\d+\.)\s|#|>|\||```)/;

const RELATIVE_LINK = /\]\((?!\w+:|#)([^)]+)\)/g;

/**
 * The section of a version, without its title. Empty where there is none, or one without a date.
 * @param {string} changelog
 * @param {string} version
 */
export function sectionOf(changelog, version) {
  const lines = changelog.split("\n");
  const isTitle = (/** @type {string} */ line) =>
    line.startsWith(`## [${version}] - `) && /\d{4}-\d\d-\d\d$/.test(line);
  const title = lines.findIndex(isTitle);
  if (title < 0) return "";
  const rest = lines.slice(title + 1);
  const end = rest.findIndex((line) => line.startsWith("## "));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join("\n")
    .trim();
}

/**
 * Each paragraph and item in one line: on the page of a release a line's end shows as one.
 * @param {string} markdown
 */
export function unwrap(markdown) {
  /** @type {string[]} */
  const lines = [];
  let isCode = false;
  for (const line of markdown.split("\n")) {
    const before = lines.at(-1);
    const goesOn = !isCode && before && line !== "" && !BLOCK_START.test(line) && !/^(#|```)/.test(before);
    if (goesOn) lines[lines.length - 1] = `${before} ${line.trim()}`;
    else lines.push(line);
    if (line.startsWith("```")) isCode = !isCode;
  }
  return lines.join("\n");
}

/**
 * Links into the repository, from any page: those that are relative follow `base`.
 * @param {string} markdown
 * @param {string} base URL without a slash at its end
 */
export const linkFrom = (markdown, base) => markdown.replace(RELATIVE_LINK, `](${base}/$1)`);
