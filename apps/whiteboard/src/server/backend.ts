import { connectRedis } from "@crosspod/redis";
import { type Log, metricsIn, type Registry } from "@crosspod/service";
import type { WhiteboardConfig } from "./config.ts";
import type { BoardStore } from "./store/board-store.ts";
import { MemoryBoardStore } from "./store/memory-board-store.ts";
import { RedisBoardStore } from "./store/redis-board-store.ts";
import { type FanOut, LocalFanOut } from "./transport/fan-out.ts";
import { RedisFanOut } from "./transport/redis-fan-out.ts";

/** What the pods of a whiteboard have in common. */
export interface Backend {
  readonly store: BoardStore;
  readonly fanOut: FanOut;
  close(): void;
}

/** The backend that the configuration asks for: shared through Redis, or in the memory of this process. */
export function createBackend(config: WhiteboardConfig, log: Log, metrics: Registry): Backend {
  const { redis: address, boardsName: name, maxBoards, boardTtlSeconds } = config;
  if (!address) return aloneWith(new MemoryBoardStore({ maxBoards }));
  const commands = connectRedis(address, log);
  const fanOut = new RedisFanOut({ address, commands, name, log, traffic: countTraffic(metrics) });
  const store = new RedisBoardStore({
    commands,
    subscribe: (board, listener) => fanOut.follow(board, listener),
    name,
    maxBoards,
    ttlMs: boardTtlSeconds * 1_000,
  });
  return {
    store,
    fanOut,
    close() {
      fanOut.close();
      commands.disconnect();
    },
  };
}

/** The backend of a pod that is alone. */
export const aloneWith = (store: BoardStore): Backend => ({
  store,
  fanOut: new LocalFanOut(),
  close: () => {},
});

const DIRECTIONS = ["sent", "received"];

function countTraffic(metrics: Registry): (direction: "sent" | "received", bytes: number) => void {
  const { counterBy } = metricsIn(metrics);
  const messagesHelp =
    "Messages between pods, by direction. Operations are not among those `sent`: the store publishes them";
  const messages = counterBy("direction", "crosspod_board_fan_out_messages_total", messagesHelp, DIRECTIONS);
  const bytesHelp = "Bytes of the messages between pods, by direction";
  const bytes = counterBy("direction", "crosspod_board_fan_out_bytes_total", bytesHelp, DIRECTIONS);
  return (direction, size) => {
    messages.inc({ direction });
    bytes.inc({ direction }, size);
  };
}
