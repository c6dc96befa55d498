import type { IncomingMessage, ServerResponse } from "node:http";
import type { FieldError, FieldErrorCode, Problem } from "@crosspod/protocol";
import type { ErrorRequestHandler } from "express";
import type { Log } from "../observability/log.ts";

/** The problems that are not of one field: their statuses and their titles. */
export const PROBLEMS = {
  "bad-request": { status: 400, title: "The request is not valid" },
  "bad-handshake": { status: 400, title: "Bad handshake" },
  unauthorized: { status: 401, title: "Unauthorized" },
  "origin-not-allowed": { status: 403, title: "Origin not allowed" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "upgrade-required": { status: 426, title: "Upgrade required" },
  internal: { status: 500, title: "Internal error" },
  "too-many-connections": { status: 503, title: "Too many connections" },
  unavailable: { status: 503, title: "Not appended" },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

/** Stable, for programs; becomes the `type` of the document. */
export type ProblemCode = keyof typeof PROBLEMS;

type Headers = Readonly<Record<string, string>>;

/** An error that a client should get, with headers such as `Allow`. The edge turns it into a problem document. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";

  constructor(
    readonly problem: Problem,
    readonly headers: Headers = {},
  ) {
    super(problem.detail);
  }
}

/** A problem of a code, with the code's status unless there is another one. */
export function httpProblem(
  code: ProblemCode,
  detail: string,
  headers?: Headers,
  status: number = PROBLEMS[code].status,
): HttpProblem {
  return new HttpProblem({ type: typeOf(code), title: PROBLEMS[code].title, status, detail }, headers);
}

/** A problem with one field of the request. */
export function fieldProblem(status: number, error: FieldError, headers?: Headers): HttpProblem {
  const { code, detail } = error;
  return new HttpProblem(
    { type: typeOf(code), title: PROBLEMS["bad-request"].title, status, detail, errors: [error] },
    headers,
  );
}

const typeOf = (code: ProblemCode | FieldErrorCode): string => `urn:crosspod:problem:${code}`;

/** Answers with a problem document (RFC 9457). */
export function sendProblem(response: ServerResponse, { problem, headers }: HttpProblem): void {
  sendJson(response, problem.status, problem, { ...headers, "Content-Type": "application/problem+json" });
}

/** Answers with JSON that no cache may keep. */
export function sendJson(response: ServerResponse, status: number, json: object, headers: Headers = {}): void {
  const body = Buffer.from(JSON.stringify(json));
  const length = { "Cache-Control": "no-store", "Content-Length": body.length };
  response.writeHead(status, { "Content-Type": "application/json", ...length, ...headers }).end(body);
}

/** Answers with what a handler threw, as a problem document; anything else is logged and becomes a bare 500. */
export function sendError(error: unknown, request: IncomingMessage, response: ServerResponse, log: Log): void {
  // The client is gone, or has got half of another answer.
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const problem = error instanceof HttpProblem ? error : fromHttpError(error);
  if (problem) return sendProblem(response, problem);
  log.error({ err: error, method: request.method, url: request.url }, "request failed");
  sendProblem(response, httpProblem("internal", "the server failed; its log says why"));
}

/** Express' last handler, for what the others threw. It has four parameters, which is how Express knows it. */
export const errorHandler =
  (log: Log): ErrorRequestHandler =>
  (error, request, response, _next) =>
    sendError(error, request, response, log);

/** What Express itself throws for a request that it cannot read, such as a path that is not percent-encoded text. */
function fromHttpError(error: unknown): HttpProblem | undefined {
  if (!(error instanceof Error) || !("status" in error) || typeof error.status !== "number") return undefined;
  if (error.status < 400 || error.status > 499) return undefined;
  return httpProblem("bad-request", error.message, {}, error.status);
}

/** The last handler: nothing is here. */
export const notFound = (): never => {
  throw httpProblem("not-found", "there is nothing at this path");
};
