import type { Setting, SettingTable } from "@crosspod/service";
import { SETTINGS as BROADCASTER } from "../../apps/broadcaster/src/server/config.ts";
import { SETTINGS as WHITEBOARD } from "../../apps/whiteboard/src/server/config.ts";
import { code, page, table } from "./markdown.ts";

const INTRO = `Both services read environment variables, once, at the start. An empty variable counts as not set.
A wrong one ends the process with exit code 1, before it listens. Each wrong one gets a line on standard error:

\`\`\`text
configuration: PORT must be a whole number from 0 to 65535, but is "http"
\`\`\`

Numbers are written with digits only. Pods of one service should have the same settings, but for \`POD_NAME\`.`;

/** What operators should know of a variable beside what it sets. */
const NOTES: Readonly<Record<string, string>> = {
  ADMIN_PORT: "Keep it away from the gateway.",
  UNREADY_SECONDS: "It gives a gateway the time to notice.",
  DRAIN_SECONDS: "They move one after the other.",
  ALLOWED_ORIGINS: "A browser's request from any other page is refused with 403.",
  REDIS_URL: "Without it all is kept in the memory of one process.",
  API_TOKEN: "The page has a field for it then. Where it is not set, everybody may publish.",
  SLOW_CONSUMER_SECONDS: "Then it is closed.",
  MAX_MESSAGES_PER_SECOND: "It is held to that over time, and may send twice as many at once.",
  BOARD_TTL_SECONDS: "One on which nothing was ever drawn is kept for 10 minutes.",
  MAX_IDS: "They bound a pod's memory and the length of a snapshot.",
  MAX_BOARDS: "They bound the store's memory.",
  PING_SECONDS: "Proxies often cut what is silent for 60 s.",
  HEAD_SECONDS: "It is announced while somebody looks at the board, which also keeps the board.",
};

const SERVICES: Readonly<Record<string, SettingTable>> = { broadcaster: BROADCASTER, whiteboard: WHITEBOARD };

/** docs/reference/configuration.md: every setting of both services. */
export function configuration(): string {
  const names = [...new Set(Object.values(SERVICES).flatMap(Object.keys))];
  const shared = names.filter(isShared);
  const ownOf = (settings: SettingTable): string[] => Object.keys(settings).filter((name) => !shared.includes(name));
  return page(
    "Configuration",
    INTRO,
    section("Both services", shared, Object.values(SERVICES)),
    section("Broadcaster", ownOf(BROADCASTER), [BROADCASTER]),
    section("Whiteboard", ownOf(WHITEBOARD), [WHITEBOARD]),
  );
}

/** Whether a variable means the same to both services, by whatever default. */
function isShared(name: string): boolean {
  const settings = Object.values(SERVICES).map((each) => each[name]);
  return new Set(settings.map((setting) => setting && setting.description + setting.form.text)).size === 1;
}

const section = (title: string, names: readonly string[], tables: readonly SettingTable[]): string =>
  `## ${title}\n\n${table(
    ["variable", "default", "takes", "sets"],
    names.map((name) =>
      rowOf(
        name,
        tables.flatMap((settings) => settings[name] ?? []),
      ),
    ),
  )}`;

function rowOf(name: string, settings: readonly Setting[]): string[] {
  const defaults = [...new Set(settings.map(defaultOf))];
  const each = defaults.map((text, index) => `${text} (${Object.keys(SERVICES)[index]})`);
  const [first] = settings;
  return [
    code(name),
    defaults.length === 1 ? `${defaults}` : each.join(", "),
    `${first?.form.text}`,
    [first?.description, NOTES[name]].filter(Boolean).join(" "),
  ];
}

function defaultOf({ fallback, fallbackText }: Setting): string {
  if (fallbackText !== undefined) return fallbackText;
  return fallback === undefined ? "none" : code(`${fallback}`);
}
