/** Longer than anything that a well-meaning service says. */
const MAX_CHARACTERS = 1_000;

/** What a service said, cut to a line: without what would steer a terminal or begin another line. */
export function printable(text: string): string {
  const line = text.slice(0, MAX_CHARACTERS).replace(/\p{Cc}/gu, "\ufffd");
  return text.length > MAX_CHARACTERS ? `${line}…` : line;
}
