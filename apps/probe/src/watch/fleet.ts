import type { Target } from "../target.ts";
import type { WatchReport } from "./watch-report.ts";

export interface FleetOptions {
  readonly target: Target;
  readonly clients: number;
  /** Updates a second, of all together. */
  readonly rate: number;
  readonly signal: AbortSignal;
}

/** The clients of a watch, and the traffic that they are to get. Disposing of it ends both. */
export interface Fleet extends AsyncDisposable {
  /** What the traffic is, for a person. */
  readonly traffic: string;
  /** Resolves when all are connected. */
  open(): Promise<void>;
  /** Begins the traffic. */
  start(): void;
  /** Ends the traffic, waits a little for what is still on its way, and looks what is missing. */
  finish(): Promise<void>;
  /** What was felt so far. */
  report(): WatchReport;
}
