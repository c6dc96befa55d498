import { BOARD_ERRORS } from "@crosspod/protocol";
import { READ_CAUSES, READ_CAUSES_HELP } from "@crosspod/redis";
import {
  Counter,
  Histogram,
  LATENCY_BUCKETS_SECONDS,
  type Registry,
  registerGauge,
  startAtZero,
} from "@crosspod/service";
import { HANDSHAKE_FAILURES } from "../transport/socket-server.ts";

/** What an operator sees of the boards. */
export type BoardMetrics = ReturnType<typeof createBoardMetrics>;

/** What is asked when somebody looks. */
export interface BoardGauges {
  readonly clients: () => number;
  readonly boards: () => number;
  readonly isLive: () => boolean;
}

const OPERATION_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** A client left a gap in its numbers; one joined, and the log did not lead on from what it knew. */
const RESYNC_CAUSES = ["gap", "join"];

/** A segment of an original example's client cannot be read, is one too many, or the store did not take it. */
const DROP_CAUSES = ["malformed", "too-many-messages", "not-stored"];

/** Registers the boards' metrics; `events` are the kinds of messages from clients. */
export function createBoardMetrics(registry: Registry, gauges: BoardGauges, events: Iterable<string>) {
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number): void => registerGauge(registry, name, help, value);
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const counterBy = <L extends string>(label: L, name: string, help: string): Counter<L> =>
    new Counter({ name, help, labelNames: [label], registers });
  const histogram = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name, help, buckets, registers });

  gauge("crosspod_board_clients", "Clients that are connected now", gauges.clients);
  gauge("crosspod_board_boards", "Boards that this pod has clients on now", gauges.boards);
  gauge("crosspod_board_live", "Whether what other pods publish is proven to reach this pod (1) or not (0)", () =>
    Number(gauges.isLive()),
  );
  const logReads = counterBy(
    "cause",
    "crosspod_board_log_reads_total",
    `Reads of a board's log, once for all its clients here, by cause. ${READ_CAUSES_HELP}`,
  );
  const resyncs = counterBy(
    "cause",
    "crosspod_board_resyncs_total",
    "Clients that had lost touch, by how it showed. `gap`: in the numbers of what one sent. `join`: the answer had to be the whole board",
  );
  const handshakes = counterBy("reason", "crosspod_board_handshakes_failed_total", "Handshakes refused, by reason");
  const messages = counterBy("event", "crosspod_board_messages_total", "Messages from clients, by event");
  const refusals = counterBy(
    "code",
    "crosspod_board_refused_total",
    "Messages that were refused, by code of the error",
  );
  const dropsHelp = "Segments of the original example's clients that were dropped, by why";
  const drops = counterBy("why", "crosspod_board_drawings_dropped_total", dropsHelp);
  startAtZero(messages, [...events, "unknown"]);
  startAtZero(refusals, Object.keys(BOARD_ERRORS));
  startAtZero(drops, DROP_CAUSES);
  startAtZero(logReads, READ_CAUSES);
  startAtZero(resyncs, RESYNC_CAUSES);
  startAtZero(handshakes, HANDSHAKE_FAILURES);
  return {
    logReads,
    resyncs,
    handshakes,
    messages,
    refusals,
    drops,
    operations: counter("crosspod_board_operations_committed_total", "Operations that this pod committed"),
    commitFailures: counter("crosspod_board_commit_failures_total", "Commits that the store did not take"),
    commitSeconds: histogram("crosspod_board_commit_seconds", "Time of a commit", LATENCY_BUCKETS_SECONDS),
    commitOperations: histogram("crosspod_board_commit_operations", "Operations in a commit", OPERATION_BUCKETS),
    resends: counter(
      "crosspod_board_resends_total",
      "Operations that came again after they were stored: outboxes at work",
    ),
    slowConsumers: counter("crosspod_board_slow_consumers_closed_total", "Clients closed because they did not read"),
    floods: counter("crosspod_board_floods_closed_total", "Clients closed because they sent far more than they may"),
  };
}
