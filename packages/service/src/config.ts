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

/** A whole number from `min` to `max`, both included. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: ({ input }) => `must be a whole number from ${min} to ${max}, but is ${JSON.stringify(input)}`,
    })
    .transform(Number);

/** Text of at most `max` characters, none of which could break a log line or a header. */
export const printable = (what: string, max: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]+$/, `must be ${what} without spaces`)
    .max(max, `must be at most ${max} characters`);

const MAX_PORT = 65_535;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

const origins = z.string().transform((text, context) => {
  const list = text.split(",").map((origin) => origin.trim());
  const wrong = list.find((origin) => !isOrigin(origin));
  if (wrong === undefined) return list;
  const message = `must be a list of origins like https://example.com, with commas between them; ${JSON.stringify(wrong)} is none`;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
});

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

/** The settings that every service has, by the names of their environment variables. */
export const serviceSettings = (defaults: { readonly port: number }) => ({
  HOST: printable("a host name or address", 255).default("0.0.0.0"),
  /** 0 means any free port. */
  PORT: wholeNumber(0, MAX_PORT).default(defaults.port),
  /** Health, metrics and version; never routed by the gateway. */
  ADMIN_PORT: wholeNumber(0, MAX_PORT).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
  POD_NAME: printable("a name", 253).default(hostname()),
  /** How long the service goes on as before after it said that it is not ready, so that the gateway can notice. */
  UNREADY_SECONDS: wholeNumber(0, 600).default(0),
  /** Over how long the clients are asked to move when the service leaves. */
  DRAIN_SECONDS: wholeNumber(0, 3_600).default(5),
  /** Most clients at a time; one more is refused with 503. */
  MAX_CONNECTIONS: wholeNumber(1, 1_000_000).default(10_000),
  /** Empty: every origin. Otherwise a browser's page must come from one of these or from the service itself. */
  ALLOWED_ORIGINS: origins.default([]),
  /** The version of the package where it is not set. */
  VERSION: printable("a version", 128).optional(),
  REVISION: printable("a revision", 128).default("unknown"),
});

/** A variable's name as the code has it: `MAX_IDS` is `maxIds`. */
type CamelCase<Name extends string> = Name extends `${infer First}_${infer Rest}`
  ? `${Lowercase<First>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>;

/** What a schema of environment variables reads, by the names that the code has for them. */
export type Settings<S extends z.ZodObject> = {
  readonly [Name in keyof z.output<S> & string as CamelCase<Name>]: z.output<S>[Name];
};

type ServiceSettings = Settings<z.ZodObject<ReturnType<typeof serviceSettings>>>;

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

/** Reads the environment by a schema. Throws a {@link ConfigError} that names every variable that is wrong. */
export function parseEnvironment<S extends z.ZodObject>(schema: S, environment: Environment): Settings<S> {
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  const { data, error } = schema.safeParse(Object.fromEntries(set));
  if (error) throw new ConfigError(error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`));
  const settings = Object.entries(data).map(([name, value]) => [camelCase(name), value]);
  return Object.fromEntries(settings);
}

const camelCase = (name: string): string =>
  name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
