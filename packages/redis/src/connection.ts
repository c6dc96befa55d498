import type { Log } from "@crosspod/service";
import { Cluster, Redis, type RedisOptions } from "ioredis";

export type RedisClient = Redis | Cluster;

/** A redis-server: its URL, or where it is as a node of a cluster. */
export type RedisNode = string | { readonly host: string; readonly port: number };

/** Where Redis is: one server, or the nodes by which a Redis Cluster is found. */
export type RedisAddress =
  | { readonly kind: "server"; readonly url: string }
  | { readonly kind: "cluster"; readonly nodes: readonly Exclude<RedisNode, string>[] };

/** After this long without an answer a command has failed: what waits on it must be able to say so within 2 s. */
export const COMMAND_TIMEOUT_MS = 1_500;

const NO_SUCH_DATABASE = "DB index is out of range";

const CONNECT_TIMEOUT_MS = 2_000;
const LONGEST_RECONNECT_PAUSE_MS = 1_000;

/**
 * Makes a connection for commands. They fail at once while it is down, and after {@link COMMAND_TIMEOUT_MS} without an
 * answer; none is sent twice. It reconnects by itself, with jitter, for ever.
 */
export function connectRedis(address: RedisAddress, log: Log): RedisClient {
  const options = {
    autoResendUnfulfilledCommands: false,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionName: "crosspod-commands",
    enableAutoPipelining: true,
    maxRetriesPerRequest: 0,
  } satisfies RedisOptions;
  const shared = { enableOfflineQueue: false };
  const client =
    address.kind === "server"
      ? new Redis(address.url, {
          ...options,
          ...shared,
          retryStrategy: reconnectPause,
          reconnectOnError: isReadOnly,
        })
      : new Cluster([...address.nodes], {
          ...shared,
          redisOptions: options,
          clusterRetryStrategy: reconnectPause,
          clusterNodeRetryStrategy: reconnectPause,
          slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
        });
  reportTo(log, "commands", client);
  client.on("ready", () => void warnOfEviction(client, log));
  client.on("error", ({ message }: Error) => {
    // It would go on in database 0, which may belong to another service.
    if (message.includes(NO_SUCH_DATABASE)) client.disconnect();
  });
  return client;
}

/** One that throws keys away when full loses what was acknowledged. Where it may not be asked, nothing is said. */
async function warnOfEviction(client: RedisClient, log: Log): Promise<void> {
  const info = await client.info("memory").catch(() => "");
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? "noeviction";
  if (policy === "noeviction") return;
  log.warn(
    { policy },
    "redis throws keys away when its memory is full, and loses what was acknowledged: set maxmemory-policy noeviction",
  );
}

/** Makes a connection to one server that subscribes to nothing by itself and ends when it is lost. */
export function connectRedisNode(node: RedisNode, log: Log): Redis {
  const options = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    connectionName: "crosspod-subscriber",
    autoResubscribe: false,
    retryStrategy: () => null,
  };
  const client = typeof node === "string" ? new Redis(node, options) : new Redis({ ...options, ...node });
  reportTo(log, "subscriber", client);
  return client;
}

function reportTo(log: Log, role: string, client: RedisClient): void {
  client.on("error", (error: Error) => log.warn({ role, err: error.message }, "redis connection failed"));
  client.on("ready", () => log.info({ role }, "redis connection is ready"));
}

/** Milliseconds before the next try to connect, the first being number 1. */
export const reconnectPause = (tries: number): number =>
  Math.random() * Math.min(LONGEST_RECONNECT_PAUSE_MS, 50 * 2 ** tries);

/** After a failover the old server refuses writes; only a new connection finds the new one. */
const isReadOnly = (error: Error): boolean => error.message.startsWith("READONLY");

/** Describes a failed command for people, without the part that names the script. */
export function describeRedisError(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return name === "ReplyError"
    ? `the store refuses: ${message.replace(/ script: .*$/s, "")}`
    : `the store does not answer: ${message}`;
}
