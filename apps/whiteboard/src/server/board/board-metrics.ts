import { READ_CAUSES } from "@crosspod/redis";
import { metricsIn, type Registry } from "@crosspod/service";
import { HANDSHAKE_FAILURES } from "../transport/socket-server.ts";

/** What an operator sees of the boards. */
export type BoardMetrics = ReturnType<typeof createBoardMetrics>;

/** What is read at each scrape. */
export interface BoardGauges {
  readonly clients: () => number;
  readonly boards: () => number;
  readonly isLive: () => boolean;
}

const OPERATION_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/** A client left a gap in its numbers; one joined, and the log did not lead on from what it knew. */
const RESYNC_CAUSES = ["gap", "join"];

/** Registers the boards' metrics. */
export function createBoardMetrics(registry: Registry, gauges: BoardGauges) {
  const { gauge, counter, counterBy, histogram } = metricsIn(registry);
  gauge("crosspod_board_clients", "Clients that are connected now", gauges.clients);
  gauge("crosspod_board_boards", "Boards that this pod has clients on now", gauges.boards);
  gauge("crosspod_board_live", "Whether what other pods publish is proven to reach this pod (1) or not (0)", () =>
    Number(gauges.isLive()),
  );
  const resyncHelp = "Clients that had lost touch, by how it showed";
  const handshakeHelp = "Handshakes refused, by reason";
  return {
    logReads: counterBy("cause", "crosspod_board_log_reads_total", "Reads of a log, by cause", READ_CAUSES),
    resyncs: counterBy("cause", "crosspod_board_resyncs_total", resyncHelp, RESYNC_CAUSES),
    handshakes: counterBy("reason", "crosspod_board_handshakes_failed_total", handshakeHelp, HANDSHAKE_FAILURES),
    operations: counter("crosspod_board_operations_appended_total", "Operations that this pod appended"),
    appendFailures: counter("crosspod_board_append_failures_total", "Appends that the store did not take"),
    appendSeconds: histogram("crosspod_board_append_seconds", "Time of an append"),
    appendOperations: histogram("crosspod_board_append_operations", "Operations in an append", OPERATION_BUCKETS),
    messages: counterBy("event", "crosspod_board_messages_total", "Messages from clients, by event"),
    refusals: counterBy("code", "crosspod_board_refused_total", "Messages that were refused, by code"),
    resends: counter("crosspod_board_resends_total", "Operations that came again after they were stored"),
    drops: counterBy("why", "crosspod_board_drawings_dropped_total", "Dropped events of the original's clients"),
    slowConsumers: counter("crosspod_board_slow_consumers_closed_total", "Clients closed because they did not read"),
    floods: counter("crosspod_board_floods_closed_total", "Clients closed because they sent far more than they may"),
  };
}
