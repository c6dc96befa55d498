import { BOARD_ERROR_CODES } from "@crosspod/protocol";
import { READ_CAUSES, READ_CAUSES_HELP } from "@crosspod/redis";
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

/** A segment of an original example's client cannot be read, is one too many, or the store did not take it. */
const DROP_CAUSES = ["malformed", "too-many-messages", "not-stored"];

/** Registers the boards' metrics; `events` are the kinds of messages from clients. */
export function createBoardMetrics(registry: Registry, gauges: BoardGauges, events: Iterable<string>) {
  const { gauge, counter, counterBy, histogram } = metricsIn(registry);
  gauge("crosspod_board_clients", "Clients that are connected now", gauges.clients);
  gauge("crosspod_board_boards", "Boards that this pod has clients on now", gauges.boards);
  gauge("crosspod_board_live", "Whether what other pods publish is proven to reach this pod (1) or not (0)", () =>
    Number(gauges.isLive()),
  );
  const readHelp = `Reads of a board's log, once for all its clients here, by cause. ${READ_CAUSES_HELP}`;
  const resyncHelp =
    "Clients that had lost touch, by how it showed. `gap`: in the numbers of what one sent. `join`: the answer had to be the whole board";
  const handshakeHelp = "Handshakes refused, by reason";
  const messageHelp = "Messages from clients, by event";
  const refusalHelp = "Messages that were refused, by code of the error";
  const dropHelp = "Segments of the original example's clients that were dropped, by why";
  const resendHelp = "Operations that came again after they were stored: outboxes at work";
  return {
    logReads: counterBy("cause", "crosspod_board_log_reads_total", readHelp, READ_CAUSES),
    resyncs: counterBy("cause", "crosspod_board_resyncs_total", resyncHelp, RESYNC_CAUSES),
    handshakes: counterBy("reason", "crosspod_board_handshakes_failed_total", handshakeHelp, HANDSHAKE_FAILURES),
    operations: counter("crosspod_board_operations_appended_total", "Operations that this pod appended"),
    appendFailures: counter("crosspod_board_append_failures_total", "Appends that the store did not take"),
    appendSeconds: histogram("crosspod_board_append_seconds", "Time of an append"),
    appendOperations: histogram("crosspod_board_append_operations", "Operations in an append", OPERATION_BUCKETS),
    messages: counterBy("event", "crosspod_board_messages_total", messageHelp, [...events, "unknown"]),
    refusals: counterBy("code", "crosspod_board_refused_total", refusalHelp, BOARD_ERROR_CODES),
    resends: counter("crosspod_board_resends_total", resendHelp),
    drops: counterBy("why", "crosspod_board_drawings_dropped_total", dropHelp, DROP_CAUSES),
    slowConsumers: counter("crosspod_board_slow_consumers_closed_total", "Clients closed because they did not read"),
    floods: counter("crosspod_board_floods_closed_total", "Clients closed because they sent far more than they may"),
  };
}
