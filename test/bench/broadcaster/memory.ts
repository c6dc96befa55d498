import { ServerProcess } from "../server-process.ts";
import { Fleet } from "./fleet.ts";
import type { AvailablePeer, PeerName } from "./peer.ts";

const IDLE_CLIENTS = [1_000, 5_000] as const;

/** Resident memory of a server, in bytes; undefined where it cannot be read. */
export interface MemoryRow {
  readonly peer: PeerName;
  /** With nobody connected. */
  readonly idleBytes: number | undefined;
  readonly withClients: readonly ClientMemory[];
}

export interface ClientMemory {
  readonly clients: number;
  readonly bytes: number | undefined;
  /** What came on top of the idle server, for each client; with few clients most of it is the heap's own growth. */
  readonly bytesPerClient: number | undefined;
}

/** Reads a server's memory with nobody connected and with idle clients. */
export async function measureMemory(peer: AvailablePeer): Promise<MemoryRow> {
  const server = await ServerProcess.start(peer.launch);
  const fleet = new Fleet(server.port);
  try {
    const idleBytes = await server.residentBytes();
    const withClients: ClientMemory[] = [];
    for (const clients of IDLE_CLIENTS) {
      await fleet.growTo(clients);
      const bytes = await server.residentBytes();
      withClients.push({ clients, bytes, bytesPerClient: perClient(idleBytes, bytes, clients) });
    }
    return { peer: peer.name, idleBytes, withClients };
  } finally {
    fleet.leave();
    await server.stop();
  }
}

const perClient = (idle: number | undefined, bytes: number | undefined, clients: number): number | undefined =>
  idle === undefined || bytes === undefined ? undefined : (bytes - idle) / clients;
