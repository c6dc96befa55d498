import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import {
  type FieldError,
  MAX_BATCH_UPDATES,
  type Parsed,
  parsed,
  parseUpdates,
  refused,
  type Update,
} from "@crosspod/protocol";
import { fieldProblem, type Handler, httpProblem, type Methods, originRefusal, sendJson } from "@crosspod/service";
import type { BroadcasterConfig } from "../config.ts";
import { type FeedStore, FeedStoreError } from "../store/feed-store.ts";
import { readJsonBody } from "./json-body.ts";

/** What `/api` counts. */
export interface ApiCounters {
  /** A request's updates were appended, after this many seconds. */
  appended(updates: number, seconds: number): void;
  /** The store was away. */
  appendFailed(): void;
}

/** When the store is away: how soon a client may try again, in seconds. */
const RETRY_LATER = { "Retry-After": "1" };

/** Where updates are published. */
export const API_PATH = "/api";

/** `GET` and `POST /api`: publishes updates and answers with the revision of the last one [B1] [B2]. */
export function createApi(store: FeedStore, config: BroadcasterConfig, counters: ApiCounters): Methods {
  const publish =
    (readUpdates: (request: IncomingMessage, query: string) => Update[] | Promise<Update[]>): Handler =>
    async (request, response, { query }) => {
      const refusal = originRefusal(request, config.allowedOrigins);
      if (refusal) throw refusal;
      checkToken(request, config.apiToken);
      const revision = await append(await readUpdates(request, query), store, counters);
      sendJson(response, { revision, pod: config.podName });
    };
  return {
    GET: publish((_request, query) => orProblem(updateOfQuery(query), 400)),
    POST: publish(async (request) => {
      const body = await readJsonBody(request, config.maxBodyBytes);
      return orProblem(parseUpdates(orProblem(parseJson(body), 400)), 422);
    }),
  };
}

async function append(updates: readonly Update[], store: FeedStore, counters: ApiCounters): Promise<number> {
  const start = performance.now();
  try {
    const revision = await store.append(updates);
    counters.appended(updates.length, (performance.now() - start) / 1_000);
    return revision;
  } catch (error) {
    if (error instanceof FeedStoreError && error.code === "unavailable") counters.appendFailed();
    return rethrowAsProblem(error);
  }
}

/** Asks for the bearer token (RFC 6750) when there is one to ask for. */
function checkToken(request: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return;
  const [scheme, given] = request.headers.authorization?.split(" ") ?? [];
  if (scheme?.toLowerCase() === "bearer" && given !== undefined && isSame(given, token)) return;
  const detail = "this service asks for 'Authorization: Bearer TOKEN' with the token that its operator set";
  throw httpProblem("unauthorized", detail, { "WWW-Authenticate": 'Bearer realm="crosspod"' });
}

/** Compares in a time that does not tell how much of the two is the same. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Reads `?id=8&value=300`. Where a form decoder guesses, it refuses: bytes that are not UTF-8, repeated names [B3]. */
function updateOfQuery(query: string): Parsed<Update[]> {
  const fields: Record<string, string> = {};
  for (const pair of query.split("&")) {
    const [rawName = "", ...rawValue] = pair.split("=");
    const name = decodeComponent(rawName);
    if (name !== "id" && name !== "value") continue;
    const value = decodeComponent(rawValue.join("="));
    if (value === undefined) {
      return refused({ field: name, code: "not-unicode", detail: `${name} is not percent-encoded UTF-8` });
    }
    if (Object.hasOwn(fields, name)) {
      return refused({ field: name, code: "repeated", detail: `${name} is given more than once`, limit: 1 });
    }
    fields[name] = value;
  }
  return parseUpdates(fields);
}

function decodeComponent(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function parseJson(body: Buffer): Parsed<unknown> {
  const detail = `body must be JSON: one update like {"id":"8","value":"300"}, or an array of 1 to ${MAX_BATCH_UPDATES}`;
  if (body.length === 0) return refused({ field: "body", code: "missing", detail });
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return parsed(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return refused({ field: "body", code: "bad-json", detail });
    return refused({ field: "body", code: "not-unicode", detail: "body is not UTF-8" });
  }
}

function orProblem<T>(result: { ok: true; value: T } | { ok: false; error: FieldError }, status: number): T {
  if (result.ok) return result.value;
  throw fieldProblem(status, result.error);
}

function rethrowAsProblem(error: unknown): never {
  if (!(error instanceof FeedStoreError)) throw error;
  const { message: detail, limit } = error;
  switch (error.code) {
    case "too-many-ids":
      throw fieldProblem(422, { field: "id", code: "too-many", detail, ...(limit && { limit }) });
    case "unavailable":
      throw httpProblem("unavailable", detail, RETRY_LATER);
  }
}
