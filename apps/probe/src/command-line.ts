import { isIP } from "node:net";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { parseDuration } from "./format/duration.ts";
import type { Output } from "./output.ts";
import { isService, SERVICES, type Service } from "./service.ts";

/** A service to look at; which one it is, if that was said. */
export interface NamedTarget {
  readonly service: Service | undefined;
  readonly url: URL;
}

/** What both commands take. */
interface CommonOptions {
  readonly host?: string;
  readonly token?: string;
  readonly isJson: boolean;
}

export interface VerifyCommand extends CommonOptions {
  readonly command: "verify";
  readonly targets: readonly NamedTarget[];
  readonly timeoutMs: number;
  readonly idleMs: number | undefined;
}

export interface WatchCommand extends CommonOptions {
  readonly command: "watch";
  readonly target: NamedTarget;
  readonly forMs: number;
  readonly clients: number;
  /** Updates a second, of all clients together. */
  readonly rate: number;
}

/** Wrong use, or a question for help or the version that was answered: nothing is to be done. */
export interface NoCommand {
  readonly command: "none";
  readonly exitCode: 0 | 2;
}

/** Most clients and updates a second of a watch: it is no load test. */
const MAX_CLIENTS = 500;
const MAX_RATE = 500;

/** Longest time of a check, of silence and of a watch, in hours: a timer of Node's holds 596. */
const MAX_HOURS = 240;

/** Reads the arguments of the command `crosspod`. Never throws: what is wrong is written, and is {@link NoCommand}. */
export function parseCommandLine(
  args: readonly string[],
  output: Pick<Output, "line" | "error">,
): VerifyCommand | WatchCommand | NoCommand {
  let command: VerifyCommand | WatchCommand | undefined;
  const program = new Command("crosspod")
    .description(
      "Does by itself what a person does by hand to see that a realtime service works, and says what is wrong.",
    )
    .version(manifest.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.line(text.trimEnd()),
      writeErr: (text) => output.error(text.trimEnd()),
    })
    .showHelpAfterError("(crosspod --help says more)");
  const done = (parsed: VerifyCommand | WatchCommand): void => {
    command = parsed;
  };
  addVerify(program, done);
  addWatch(program, done);
  try {
    program.parse(args, { from: "user" });
  } catch (problem) {
    if (!(problem instanceof CommanderError)) throw problem;
    return { command: "none", exitCode: problem.exitCode === 0 ? 0 : 2 };
  }
  return command ?? { command: "none", exitCode: 2 };
}

/** The same as commander hands it over. */
type ParsedOptions = Omit<CommonOptions, "isJson"> & { readonly json?: true };

/** Adds the options that both commands take. */
const withCommonOptions = (command: Command): Command =>
  command
    .option("--host <name>", "connect to the URL's address, and ask it for this name, as curl's --resolve", parseHost)
    .option("--token <token>", "bearer token for /api, where the service asks for one")
    .option("--json", "one JSON document on standard output, at the end; what goes on is said on standard error")
    .exitOverride();

function addVerify(program: Command, done: (command: VerifyCommand) => void): void {
  const verify = withCommonOptions(program.command("verify"))
    .description("check a service, or several; exit code 0: all hold, 1: something fails, 2: wrong use")
    .argument("<target...>", "[broadcaster|whiteboard] URL …")
    .addOption(
      new Option("--timeout <duration>", "longest time of one check").argParser(parseTime).default(10_000, "10s"),
    )
    .option(
      "--idle <duration>",
      "check also that a connection survives being silent for so long, such as 70s",
      parseTime,
    );
  verify.action((words: readonly string[], options: ParsedOptions & { timeout: number; idle?: number }) => {
    const { json: isJson = false, timeout: timeoutMs, idle: idleMs, ...names } = options;
    done({ command: "verify", targets: targetsOf(words, verify), isJson, timeoutMs, idleMs, ...names });
  });
}

function addWatch(program: Command, done: (command: WatchCommand) => void): void {
  withCommonOptions(program.command("watch"))
    .description("keep clients on all pods, and say at the end what they felt; exit code 1 if anything was lost")
    .argument("<URL>", "of the service", parseUrl)
    .addOption(new Option("--for <duration>", "how long").argParser(parseTime).default(60_000, "1m"))
    .addOption(new Option("--service <name>", "which one it is; found out if not said").choices(SERVICES))
    .option("--clients <number>", `how many clients, up to ${MAX_CLIENTS}`, wholeUpTo(MAX_CLIENTS), 20)
    .option("--rate <number>", `updates a second of all together, up to ${MAX_RATE}`, wholeUpTo(MAX_RATE), 20)
    .action((url: URL, options: ParsedOptions & { for: number; service?: Service; clients: number; rate: number }) => {
      const { json: isJson = false, for: forMs, service, ...others } = options;
      done({ command: "watch", target: { service, url }, isJson, forMs, ...others });
    });
}

/** Reads `broadcaster URL whiteboard URL`, or URLs alone. */
function targetsOf(words: readonly string[], command: Command): NamedTarget[] {
  const targets: NamedTarget[] = [];
  let service: Service | undefined;
  for (const word of words) {
    if (service === undefined && isService(word)) {
      service = word;
      continue;
    }
    targets.push({
      service,
      url: urlOf(word) ?? command.error(`error: '${word}' is no URL such as http://localhost:8888/, without a user`),
    });
    service = undefined;
  }
  if (service !== undefined) command.error(`error: the URL after '${service}' is missing`);
  return targets;
}

function urlOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // What the report says of the URL must give no password away.
  return url && /^https?:$/.test(url.protocol) && url.username + url.password === "" ? url : undefined;
}

function parseUrl(text: string): URL {
  const url = urlOf(text);
  if (!url) throw new InvalidArgumentError("it must be a URL such as http://localhost:8888/, without a user");
  return url;
}

function parseTime(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds > MAX_HOURS * 3_600_000) {
    throw new InvalidArgumentError(`it must be a duration such as 70s, 5m or 500ms, up to ${MAX_HOURS}h`);
  }
  return milliseconds;
}

function parseHost(text: string): string {
  if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) || isIP(text) !== 0) {
    throw new InvalidArgumentError("it must be a name such as wb.example.com, without a port");
  }
  return text;
}

function wholeUpTo(max: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > max) throw new InvalidArgumentError(`it must be a whole number from 1 to ${max}`);
    return number;
  };
}
