import { type Logger, pino } from "pino";
import { PinoPretty } from "pino-pretty";
import type { ServiceConfig } from "../config.ts";

export type Log = Logger;

/** A log of one JSON object a line on standard output; of readable lines for a person at a terminal when `pretty`. */
export function createLog(
  service: string,
  { podName: pod, logLevel: level }: Pick<ServiceConfig, "podName" | "logLevel">,
  { pretty }: { readonly pretty: boolean },
): Log {
  const settings = {
    level,
    base: { service, pod },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // Line by line: at the exit, lines that are still on their way would change places.
  if (!pretty) return pino(settings, pino.destination({ dest: 1, sync: true }));
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
