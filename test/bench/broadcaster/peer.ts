import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { built, nodeServer, SERVICE_ENVIRONMENT } from "../node-server.ts";
import type { Launch } from "../server-process.ts";

/** What is measured is the broadcaster; the others are what it is measured against. */
export type PeerName = "broadcaster" | "uWebSockets" | "express + ws" | "floor in C";

export interface AvailablePeer {
  readonly name: PeerName;
  readonly launch: Launch;
}

export interface MissingPeer {
  readonly name: PeerName;
  /** What it would need. */
  readonly missing: string;
}

export type Peer = AvailablePeer | MissingPeer;

export const isAvailable = (peer: Peer): peer is AvailablePeer => "launch" in peer;

const source = process.env.BENCH_SOURCE ?? built;

/** All peers; each is there or says what it is missing. */
export const findPeers = (): readonly Peer[] => [broadcaster(), uWebSockets(), expressWs(), floor()];

const broadcaster = (): Peer => ({
  name: "broadcaster",
  launch: nodeServer("broadcaster.js", SERVICE_ENVIRONMENT),
});

const expressWs = (): Peer => ({
  name: "express + ws",
  launch: nodeServer("express-ws.js", {}),
});

function uWebSockets(): Peer {
  const name = "uWebSockets";
  const require = createRequire(`${source}/package.json`);
  try {
    return { name, launch: nodeServer("uwebsockets.js", { UWEBSOCKETS: require.resolve("uwebsockets") }) };
  } catch {
    return { name, missing: "npm ci --prefix test/bench/broadcaster brings it, 98 MB" };
  }
}

function floor(): Peer {
  const name = "floor in C";
  const program = `${built}floor`;
  if (!existsSync("/proc/self")) return { name, missing: "it needs Linux" };
  const compiled = spawnSync("cc", ["-O2", "-o", program, `${source}/floor.c`], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (compiled.status !== 0) return { name, missing: "it needs a C compiler, cc" };
  return { name, launch: { command: [program], hasGarbage: false } };
}
