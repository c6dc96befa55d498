import { type Logger, pino } from "pino";
import { PinoPretty } from "pino-pretty";
import type { LogLevel } from "../config.ts";

export type Log = Logger;

/** A log of one JSON object a line on standard output; of readable lines for a person at a terminal when `pretty`. */
export function createLog(options: {
  readonly service: string;
  readonly pod: string;
  readonly level: LogLevel;
  readonly pretty: boolean;
}): Log {
  const settings = {
    level: options.level,
    base: { service: options.service, pod: options.pod },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!options.pretty) return pino(settings);
  return pino(
    settings,
    PinoPretty({
      ignore: "pod,service",
      singleLine: true,
      messageFormat: "{service}: {msg}",
      translateTime: "HH:MM:ss.l",
      sync: true,
    }),
  );
}
