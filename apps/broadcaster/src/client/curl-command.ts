import type { Update } from "@crosspod/protocol";

/** What Istio's tutorial does by hand: one value that stays plain, two yellow ones, a red one. */
export const EXAMPLE_UPDATES: readonly Update[] = [
  { id: "8", value: "300" },
  { id: "5", value: "600" },
  { id: "1", value: "200" },
  { id: "3", value: "290" },
];

/** The command that publishes an update from a terminal; the token itself is never part of it. */
export function curlCommand(origin: string, { id, value }: Update, needsToken: boolean): string {
  const url = `${origin}/api?${new URLSearchParams({ id, value })}`;
  const header = needsToken ? ` -H "Authorization: Bearer $API_TOKEN"` : "";
  return `curl "${url}"${header}`;
}
