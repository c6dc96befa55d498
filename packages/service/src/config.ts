import { hostname } from "node:os";
import { z } from "zod";

/** The environment as a service finds it; an empty variable counts as one that is not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment does not make a configuration; `mistakes` has one line for each variable that is wrong. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(mistakes.join("\n"));
    this.name = "ConfigError";
  }
}

/** What the text of a variable may be: how it is read, and the same for people (`0 to 600 s`). */
export interface Form<T> {
  readonly schema: z.ZodType<T>;
  readonly text: string;
}

/** One environment variable, as parseConfig reads it and the reference of the configuration prints it. */
export interface Setting<T = unknown> {
  readonly form: Form<unknown>;
  /** What holds where the variable is not set. */
  readonly fallback: T;
  /** The same for people; undefined when that is the fallback itself, or nothing. */
  readonly fallbackText: string | undefined;
  /** Sentences for operators: what it sets, and what follows from that. */
  readonly description: string;
}

/** Settings, by the names of their environment variables. */
export type SettingTable = Readonly<Record<string, Setting>>;

export const setting = <T, F extends T | undefined>(
  form: Form<T>,
  fallback: F,
  description: string,
  fallbackText?: string,
): Setting<T | F> => ({ form, fallback, fallbackText, description });

/** A whole number from `min` to `max`, both included. */
export const wholeNumber = (min: number, max: number, unit = ""): Form<number> => ({
  text: `${min} to ${max} ${unit}`.trim(),
  schema: z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) => `must be a whole number from ${min} to ${max}, but is ${JSON.stringify(input)}`,
    })
    .transform(Number),
});

/** Text of `min` to `max` characters, none of which could break a log line or a header. */
export const printable = (what: string, max: number, min = 1): Form<string> => ({
  text: `${what}, ${min} to ${max} characters`,
  schema: z
    .string()
    .regex(/^[\x21-\x7e]+$/, `must be ${what} without spaces`)
    .min(min, `must be at least ${min} characters`)
    .max(max, `must be at most ${max} characters`),
});

const MAX_PORT = 65_535;
const port = wholeNumber(0, MAX_PORT);

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const logLevel: Form<(typeof LOG_LEVELS)[number]> = {
  text: LOG_LEVELS.join(", "),
  schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`),
};

const origins: Form<string[]> = {
  text: "origins with commas between them: `https://example.com`",
  schema: z.string().transform((text, context) => {
    const list = text.split(",").map((origin) => origin.trim());
    const wrong = list.find((origin) => !isOrigin(origin));
    if (wrong === undefined) return list;
    const message = `must be a list of origins like https://example.com, with commas between them; ${JSON.stringify(wrong)} is none`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }),
};

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** The settings that every service has; two defaults are the service's own. */
export const serviceSettings = (defaultPort: number, slowConsumerSeconds: number) => ({
  HOST: setting(printable("a host name or address", 255), "0.0.0.0", "The address to listen on."),
  PORT: setting(port, defaultPort, "The port of the service; 0 is any free one."),
  ADMIN_PORT: setting(port, undefined, "The port of health, metrics and version; 0 is any free one.", "`PORT` + 1"),
  LOG_LEVEL: setting(logLevel, "info", "The least severe log lines that are written."),
  POD_NAME: setting(printable("a name", 253), hostname(), "What the service calls itself.", "the host name"),
  UNREADY_SECONDS: setting(wholeNumber(0, 600, "s"), 0, "How long a leaving service serves on while it is not ready."),
  DRAIN_SECONDS: setting(wholeNumber(0, 3_600, "s"), 5, "Over how long a leaving service asks its clients to move."),
  MAX_CONNECTIONS: setting(wholeNumber(1, 1_000_000), 10_000, "Most clients at a time; one more is refused with 503."),
  ALLOWED_ORIGINS: setting(origins, [], "Whose pages may use the service, beside its own.", "every origin"),
  SLOW_CONSUMER_SECONDS: setting(wholeNumber(1, 3_600, "s"), slowConsumerSeconds, "How long a socket may stay full."),
  VERSION: setting(printable("a version", 128), undefined, "What `/version` and hello say.", "the package's"),
  REVISION: setting(printable("a revision", 128), "unknown", "The commit of the build, which `/version` says."),
});

/** A variable's name as the code has it: `MAX_IDS` is `maxIds`. */
type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

/** What a table of settings reads, by the names that the code has for them. */
export type Settings<T extends SettingTable> = {
  readonly [Name in keyof T & string as CamelCase<Name>]: T[Name]["fallback"];
};

type ServiceSettings = Settings<ReturnType<typeof serviceSettings>>;

/** What every service's configuration holds. */
export interface ServiceConfig extends ServiceSettings {
  /** 0 means any free port. */
  readonly adminPort: number;
}

/**
 * Beside the service's port, unless it is set; both any free ones when the service's is. Throws a {@link ConfigError}.
 */
export function adminPortOf({ port, adminPort = port === 0 ? 0 : port + 1 }: ServiceSettings): number {
  if (adminPort > MAX_PORT) throw new ConfigError([`ADMIN_PORT must be set, since PORT + 1 is above ${MAX_PORT}`]);
  if (adminPort === 0 || adminPort !== port) return adminPort;
  throw new ConfigError([`ADMIN_PORT must be another port than PORT, which is ${port}`]);
}

/** Reads the environment by a table. Throws a {@link ConfigError} that names every variable that is wrong. */
export function parseEnvironment<T extends SettingTable>(table: T, environment: Environment): Settings<T> {
  const mistakes: string[] = [];
  const settings = Object.entries(table).map(([name, { form, fallback }]) => {
    const text = environment[name];
    if (text === undefined || text === "") return [camelCase(name), fallback];
    const { data, error } = form.schema.safeParse(text);
    if (error) mistakes.push(`${name} ${error.issues[0]?.message}`);
    return [camelCase(name), data];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return Object.fromEntries(settings);
}

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
