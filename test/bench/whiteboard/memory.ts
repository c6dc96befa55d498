import { setTimeout as sleep } from "node:timers/promises";
import { ServerProcess } from "../server-process.ts";
import { type BoardServerName, boardServers } from "./board-server.ts";
import { BoardCrowd } from "./crowds/board-crowd.ts";
import { DrawingCrowd } from "./crowds/drawing-crowd.ts";
import { RelayCrowd } from "./crowds/relay-crowd.ts";

export const MEMORY_PEOPLE = 200;

const DRAW_MS = 4_000;

/** Resident memory of a server without garbage, in bytes; undefined where it cannot be read. */
export interface BoardMemoryRow {
  readonly server: BoardServerName;
  /** With nobody connected. */
  readonly alone: number | undefined;
  /** With {@link MEMORY_PEOPLE} who do nothing. */
  readonly connected: number | undefined;
  /** While they draw; undefined for the relay, which does not keep up. */
  readonly drawing: number | undefined;
  /** When they have stopped, with all that they drew on the board. */
  readonly drawn: number | undefined;
  /** Samples on the board by then. */
  readonly samples: number;
}

/** Reads a server's memory alone, with people who do nothing, and with people who draw. */
export async function measureBoardMemory(name: Exclude<BoardServerName, "last release">): Promise<BoardMemoryRow> {
  const server = await ServerProcess.start(boardServers[name]);
  const alone = await server.residentBytes();
  const size = MEMORY_PEOPLE;
  const people = await DrawingCrowd.gather(
    name === "relay"
      ? new RelayCrowd(server.port, { size })
      : new BoardCrowd([server.port], { size, showPointers: false }),
    size,
  );
  try {
    const connected = await server.residentBytes();
    if (name === "relay") return { server: name, alone, connected, drawing: undefined, drawn: undefined, samples: 0 };
    people.start();
    await sleep(DRAW_MS);
    const drawing = await server.residentBytes();
    people.stop();
    await people.settle(DRAW_MS);
    const drawn = await server.residentBytes();
    return { server: name, alone, connected, drawing, drawn, samples: people.samples };
  } finally {
    people.leave();
    await server.stop();
  }
}
