import type { BoardErrorCode } from "@crosspod/protocol";
import { READ_CAUSES, type ReadCause } from "@crosspod/redis";
import {
  Counter,
  Histogram,
  LATENCY_BUCKETS_SECONDS,
  type Registry,
  registerGauge,
  startAtZero,
} from "@crosspod/service";
import { HANDSHAKE_FAILURES } from "../transport/socket-server.ts";

/** Why a client has lost touch: `join` got a whole board though it knew one, `gap` sent a number too far. */
export type ResyncCause = "join" | "gap";

/** Why a segment of the original example's client is not on the board. */
export type DrawingDrop = "malformed" | "too-many-messages" | "not-stored";

/** What an operator sees of the boards. */
export type BoardMetrics = ReturnType<typeof createBoardMetrics>;

const OPERATION_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** Registers the boards' metrics. `clients` and `boards` are asked when somebody looks. */
export function createBoardMetrics(
  registry: Registry,
  gauges: { readonly clients: () => number; readonly boards: () => number },
) {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => registerGauge(registry, name, help, value);
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const counterBy = <L extends string>(label: L, name: string, help: string): Counter<L> =>
    new Counter({ name, help, labelNames: [label], registers });
  const histogram = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name, help, buckets, registers });

  gauge("crosspod_board_clients", "Clients that are connected now", gauges.clients);
  gauge("crosspod_board_boards", "Boards that this pod has clients on now", gauges.boards);
  const operations = counter("crosspod_board_operations_committed_total", "Operations that this pod committed");
  const failures = counter("crosspod_board_commit_failures_total", "Commits that the store did not take");
  const seconds = histogram("crosspod_board_commit_seconds", "Time of a commit", LATENCY_BUCKETS_SECONDS);
  const sizes = histogram("crosspod_board_commit_operations", "Operations in a commit", OPERATION_BUCKETS);
  const logReads = counterBy(
    "cause",
    "crosspod_board_log_reads_total",
    "Reads of a board's log, once for all its clients",
  );
  startAtZero(logReads, READ_CAUSES);
  const messages = counterBy("event", "crosspod_board_messages_total", "Messages from clients, by event");
  const refusals = counterBy("code", "crosspod_board_refused_total", "Messages that were refused, by code");
  const resyncs = counterBy("cause", "crosspod_board_resyncs_total", "Clients that had lost touch, by how it showed");
  const resends = counter("crosspod_board_resends_total", "Operations that came again after they were stored");
  const drops = counterBy("why", "crosspod_board_drawings_dropped_total", "Dropped events of the original's clients");
  const slow = counter("crosspod_board_slow_consumers_closed_total", "Clients closed because they did not read");
  const floods = counter(
    "crosspod_board_floods_closed_total",
    "Clients closed because they sent far more than they may",
  );
  const handshakes = counterBy("reason", "crosspod_board_handshakes_failed_total", "Handshakes refused, by reason");
  startAtZero(handshakes, HANDSHAKE_FAILURES);
  let isLiveNow = false;
  gauge("crosspod_board_live", "Whether what other pods publish is proven to reach this pod (1) or not (0)", () =>
    Number(isLiveNow),
  );
  return {
    committed(count: number, duration: number): void {
      operations.inc(count);
      seconds.observe(duration);
      sizes.observe(count);
    },
    commitFailed: () => failures.inc(),
    logRead: (cause: ReadCause) => logReads.inc({ cause }),
    message: (event: string) => messages.inc({ event }),
    refused: (code: BoardErrorCode) => refusals.inc({ code }),
    resync: (cause: ResyncCause) => resyncs.inc({ cause }),
    resent: (count: number) => resends.inc(count),
    drawingDropped: (why: DrawingDrop) => drops.inc({ why }),
    slowConsumerClosed: () => slow.inc(),
    floodClosed: () => floods.inc(),
    handshakeFailed: (reason: string) => handshakes.inc({ reason }),
    live(isLive: boolean): void {
      isLiveNow = isLive;
    },
  };
}
