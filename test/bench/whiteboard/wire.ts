import { setTimeout as sleep } from "node:timers/promises";
import { ServerProcess } from "../server-process.ts";
import { type BoardServerName, boardServers } from "./board-server.ts";
import { playOnBoard } from "./players/board-players.ts";
import { playOnLastRelease } from "./players/last-release-players.ts";
import { playOnRelay } from "./players/relay-players.ts";
import type { WireBytes } from "./players/wire-bytes.ts";

/** How the recording is played. */
export interface WireScenario {
  readonly server: BoardServerName;
  readonly people: number;
  /** Whether people show their pointers too, as the page does; only today's whiteboard is asked that. */
  readonly pointers: boolean;
}

/** Bytes that go over the wire for each pointer sample. */
export interface WireRow extends WireScenario, WireBytes {}

export const WIRE_PEOPLE = [1, 5, 10, 20] as const;

/** For what the servers say once, to who is new. */
const QUIET_MS = 1_200;

/** Plays the recording to someone who watches, over the whiteboard, the last release and the relay at the same time. */
export async function measureWire(tell: (line: string) => void): Promise<WireRow[]> {
  const [whiteboard, last, relay] = await Promise.all([
    ServerProcess.start(boardServers.whiteboard),
    ServerProcess.start(boardServers["last release"]),
    ServerProcess.start(boardServers.relay),
  ]);
  try {
    const rows: WireRow[] = [];
    for (const people of WIRE_PEOPLE) {
      tell(`bytes on the wire: ${people} of the recording's people`);
      const quiet = (): Promise<void> => sleep(QUIET_MS);
      const [alone, pointers, before, relayed] = await Promise.all([
        playOnBoard(whiteboard.port, { board: `wire-${people}`, people, pointers: false, quiet }),
        playOnBoard(whiteboard.port, { board: `pointers-${people}`, people, pointers: true, quiet }),
        playOnLastRelease(last.port, { board: `wire-${people}`, people, quiet }),
        playOnRelay(relay.port, { people, quiet }),
      ]);
      rows.push({ server: "whiteboard", people, pointers: false, ...alone });
      rows.push({ server: "whiteboard", people, pointers: true, ...pointers });
      rows.push({ server: "last release", people, pointers: false, ...before });
      rows.push({ server: "relay", people, pointers: false, ...relayed });
    }
    return rows;
  } finally {
    await Promise.all([whiteboard, last, relay].map((server) => server.stop()));
  }
}
