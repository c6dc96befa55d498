import { ConfigError, type Form, type Setting, type Settings, setting } from "@crosspod/service";
import { z } from "zod";
import type { RedisAddress } from "./connection.ts";

const REDIS_URL_FORM = /^rediss?:\/\/[^/]+(\/\d*)?$/;

const url: Form<string> = {
  text: "`redis://` or `rediss://`",
  schema: z.string().refine((text) => REDIS_URL_FORM.test(text) && URL.canParse(text), {
    error: "must be a URL like redis://user:password@host:6379/0, or rediss:// for TLS",
  }),
};

const nodes: Form<{ readonly host: string; readonly port: number }[]> = {
  text: "`HOST:PORT` with commas between them",
  schema: z.string().transform((text, context) => {
    const matches = text.split(",").map((node) => /^(.+):(\d+)$/.exec(node.trim()));
    if (matches.every((match) => match !== null)) {
      return matches.map(([, host = "", port]) => ({ host: host.replace(/^\[|\]$/g, ""), port: Number(port) }));
    }
    context.addIssue({ code: "custom", message: "must be a list of HOST:PORT, with commas between them" });
    return z.NEVER;
  }),
};

const name: Form<string> = {
  text: "1 to 64 letters, digits, `-` and `_`",
  schema: z.string().regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, - and _"),
};

/** Where Redis is: one server, or nodes of a Redis Cluster. */
export const redisSettings = {
  REDIS_URL: setting(url, undefined, "The Redis that the pods share, with user, password and database where needed."),
  REDIS_CLUSTER: setting(nodes, undefined, "Nodes of a Redis Cluster that the pods share, in place of `REDIS_URL`."),
};

/** What pods that share one Redis are told apart by: it becomes a part of the names of keys and channels. */
export const sharedName = (fallback: string, what: string): Setting<string> =>
  setting(name, fallback, `Pods of the same name share their ${what}, when they share one Redis.`);

type RedisSettings = Settings<typeof redisSettings>;

/** Undefined when neither is set: all is then kept in the process. Throws a {@link ConfigError} when both are. */
export function toRedisAddress({ redisUrl, redisCluster }: RedisSettings): RedisAddress | undefined {
  if (redisUrl !== undefined && redisCluster !== undefined) {
    throw new ConfigError(["REDIS_CLUSTER and REDIS_URL exclude each other; set one of them"]);
  }
  if (redisCluster) return { kind: "cluster", nodes: redisCluster };
  return redisUrl === undefined ? undefined : { kind: "server", url: redisUrl };
}
