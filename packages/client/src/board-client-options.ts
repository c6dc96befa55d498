import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import type { OutboxStorage } from "./outbox-storage.ts";

export interface BoardClientOptions {
  /** Of the service: `http://localhost:3000/`. */
  readonly url: string | URL;
  readonly board: string;
  /** Of the person, as others see it. */
  readonly name: string;
  /** Where operations wait until they are acknowledged; gone with the process by default. */
  readonly storage?: OutboxStorage;
  /** Makes the connection; over socket.io by default. */
  readonly connect?: (url: string, board: string) => BoardTransport;
  /** From 0 up to 1; makes client ids and the jitter of repeats. Nobody can guess the default. */
  readonly random?: () => number;
  readonly clock?: Clock;
}
