import { expect, test } from "vitest";
import { adminPort } from "../../apps/probe/src/checks/admin-port.ts";
import { BROADCASTER_CHECKS } from "../../apps/probe/src/checks/broadcaster/broadcaster-checks.ts";
import { detectService } from "../../apps/probe/src/checks/detect-service.ts";
import { page as pageCheck } from "../../apps/probe/src/checks/page.ts";
import { reachable } from "../../apps/probe/src/checks/reachable.ts";
import { WHITEBOARD_CHECKS } from "../../apps/probe/src/checks/whiteboard/whiteboard-checks.ts";
import { parseCommandLine } from "../../apps/probe/src/command-line.ts";
import { MAX_CONNECTIONS } from "../../apps/probe/src/verification.ts";
import { startBroadcaster } from "../helpers/feed/running-broadcaster.ts";
import { ProbeRun } from "../helpers/probe/probe-run.ts";
import { Page } from "./pages.ts";

const page = new Page("docs/reference/probe.md");
const checksIn = (heading: string) => page.tableBehind(heading).map(({ check }) => check);
const namesOf = (checks: readonly { readonly name: string }[]) => checks.map(({ name }) => name);
const jsonOf = (command: string) =>
  JSON.parse(page.code.find(({ info: [language, name] }) => language === "json" && name === command)?.text ?? "");

const HELP = page.code.flatMap(({ info: [language, name, ...args], text }) =>
  language === "text" && name === "crosspod" ? [[args.join(" "), text] as const] : [],
);

test.each(HELP)("crosspod %s is what the probe says", (args, text) => {
  const written: string[] = [];
  const write = (line: string): void => void written.push(line);
  expect(parseCommandLine(args.split(" "), { line: write, error: write })).toEqual({ command: "none", exitCode: 0 });
  expect(written.join("\n")).toBe(text);
});

test("all checks are there, in their order", () => {
  expect(checksIn("Checks of the broadcaster")).toEqual(namesOf(BROADCASTER_CHECKS));
  expect(checksIn("Checks of the whiteboard")).toEqual(namesOf(WHITEBOARD_CHECKS));
  const shared = BROADCASTER_CHECKS.filter(({ name }) => checksIn("Checks of both services").includes(name));
  expect(checksIn("Checks of both services")).toEqual(namesOf([reachable, detectService, ...shared]));
  expect(namesOf(shared)).toEqual(expect.arrayContaining([pageCheck.name, adminPort.name, "upgrade", "idle"]));
  expect(page.text).toContain(`at most ${MAX_CONNECTIONS} connections`);
});

/** The names of all fields of a JSON value, of whatever is inside of it too. */
function fieldsOf(json: unknown): string[] {
  if (Array.isArray(json)) return json.flatMap(fieldsOf);
  if (typeof json !== "object" || json === null) return [];
  return Object.entries(json).flatMap(([name, value]) => [name, ...fieldsOf(value)]);
}

test.each([
  ["verify", ["verify"], "Its JSON"],
  ["watch", ["watch", "--for", "1s", "--clients", "2"], "watch"],
] as const)(
  "the document of %s has the fields that are described",
  { timeout: 30_000 },
  async (command, args, heading) => {
    await using broadcaster = await startBroadcaster();
    using run = new ProbeRun(...args, broadcaster.url, "--json");
    expect(await run.exited).toBe(0);
    const example = new Set(fieldsOf(jsonOf(command)));
    expect([...new Set(fieldsOf(run.json))].filter((field) => !example.has(field))).toEqual([]);
    const described = page.tableBehind(heading).flatMap(({ field }) => field?.split(", ") ?? []);
    expect([...example].filter((field) => !/^p\d+$|^max$/.test(field)).sort()).toEqual(described.sort());
  },
);
