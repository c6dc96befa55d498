import { ConfigError } from "../config.ts";
import { ListenError } from "../http/listen.ts";
import type { Log } from "../observability/log.ts";

/** The ports that a service listens on. */
export interface Ports {
  readonly port: number;
  readonly adminPort: number;
}

/** The life of a service; each step can be called once, in this order. */
export interface Service {
  listen(): Promise<Ports>;
  /** Says not ready, then asks the clients to move; they are served until their turn. */
  drain(): Promise<void>;
  /** Lets go of every connection and port. */
  close(): Promise<void>;
}

/** Two signals within this time are one key press: npm passes on an interrupt that the service has got already. */
const ONE_KEY_PRESS_MS = 250;

/**
 * Runs a service until SIGTERM or SIGINT, then drains, closes and exits with 0; on a second signal exits at once with 1
 * [A3]. What goes wrong at the start ends with one clear line and exit code 1.
 */
export async function runService(service: Service, log: Log, process: NodeJS.Process): Promise<void> {
  let leavingSince: number | undefined;
  const leave = async (signal: string): Promise<void> => {
    if (leavingSince !== undefined) {
      if (performance.now() - leavingSince < ONE_KEY_PRESS_MS) return;
      log.warn({ signal }, "second signal: exit at once");
      process.exit(1);
    }
    leavingSince = performance.now();
    log.info({ signal }, "leaving");
    try {
      await service.drain();
      await service.close();
      log.info("closed");
      process.exit(0);
    } catch (error) {
      log.fatal({ err: error }, "could not leave in order");
      process.exit(1);
    }
  };
  process.on("SIGTERM", leave);
  process.on("SIGINT", leave);
  try {
    await service.listen();
  } catch (error) {
    if (error instanceof ListenError) log.fatal(error.message);
    else log.fatal({ err: error }, "could not start");
    process.exit(1);
  }
}

/** Returns what `parse` returns; a {@link ConfigError} ends the process with 1 and one line for each mistake. */
export function configOrExit<T>(parse: () => T, process: NodeJS.Process): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) process.stderr.write(`configuration: ${mistake}\n`);
    return process.exit(1);
  }
}
