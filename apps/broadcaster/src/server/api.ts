import { createHash, timingSafeEqual } from "node:crypto";
import {
  type FieldError,
  MAX_BATCH_UPDATES,
  type Parsed,
  parsed,
  parseUpdates,
  refused,
  type Update,
} from "@crosspod/protocol";
import { fieldProblem, HttpProblem, isAllowedOrigin, methodNotAllowed } from "@crosspod/service";
import { type Request, type RequestHandler, type Response, Router } from "express";
import { type Channel, ChannelError } from "./channel.ts";
import { readJsonBody } from "./json-body.ts";

/** What `/api` needs to know of the configuration. */
export interface ApiOptions {
  readonly apiToken: string | undefined;
  readonly maxBodyBytes: number;
  readonly allowedOrigins: readonly string[];
  readonly podName: string;
}

/** Told how many updates were committed. */
export type PublishCounter = (count: number) => void;

/** When the store is away: how soon a client may try again, in seconds. */
const RETRY_AFTER_SECONDS = 1;

/** `GET` and `POST /api`: publishes updates and answers with the revision of the last one [B1] [B2]. */
export function apiRoutes(channel: Channel, options: ApiOptions, committed: PublishCounter): Router {
  const publish = async (updates: readonly Update[], response: Response): Promise<void> => {
    const revision = await channel.publish(updates).catch(rethrowAsProblem);
    committed(updates.length);
    response.set("Cache-Control", "no-store").json({ revision, pod: options.podName });
  };
  const router = Router();
  router
    .route("/api")
    .all(checkOrigin(options.allowedOrigins), checkToken(options.apiToken))
    .get((request, response) => publish(orProblem(updateOfQuery(request), 400), response))
    .post(async (request, response) => publish(await updatesOfBody(request, options.maxBodyBytes), response))
    .all(methodNotAllowed("GET, POST"));
  return router;
}

const checkOrigin =
  (allowed: readonly string[]): RequestHandler =>
  (request, _response, next) => {
    if (isAllowedOrigin(request, allowed)) return next();
    const detail = `a page from ${request.headers.origin} may not publish here; ALLOWED_ORIGINS lists who may`;
    throw new HttpProblem(403, "origin-not-allowed", "Origin not allowed", detail);
  };

/** Asks for the bearer token (RFC 6750) when there is one to ask for. */
const checkToken =
  (token: string | undefined): RequestHandler =>
  (request, _response, next) => {
    if (token === undefined) return next();
    const [scheme, given] = request.headers.authorization?.split(" ") ?? [];
    if (scheme?.toLowerCase() === "bearer" && given !== undefined && isSame(given, token)) return next();
    const detail = "this service asks for 'Authorization: Bearer TOKEN' with the token that its operator set";
    throw new HttpProblem(401, "unauthorized", "Unauthorized", detail, {
      "WWW-Authenticate": 'Bearer realm="crosspod"',
    });
  };

/** Compares in a time that does not tell how much of the two is the same. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** Reads `?id=8&value=300`. Strict where a form decoder guesses: bytes that are not UTF-8 and repeated names are refused [B3]. */
function updateOfQuery(request: Request): Parsed<Update[]> {
  const fields: Record<string, string> = {};
  for (const pair of (request.originalUrl.split("?")[1] ?? "").split("&")) {
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

async function updatesOfBody(request: Request, maxBytes: number): Promise<Update[]> {
  const json = orProblem(parseJson(await readJsonBody(request, maxBytes)), 400);
  return orProblem(parseUpdates(json), 422);
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
  if (!(error instanceof ChannelError)) throw error;
  switch (error.code) {
    case "too-many-ids":
      throw fieldProblem(422, {
        field: "id",
        code: "too-many",
        detail: error.message,
        ...(error.limit && { limit: error.limit }),
      });
    case "unavailable":
      throw new HttpProblem(503, "unavailable", "Not committed", error.message, {
        "Retry-After": `${RETRY_AFTER_SECONDS}`,
      });
  }
}
