import type { IncomingMessage, ServerResponse } from "node:http";
import type { FieldError, Problem } from "@crosspod/protocol";
import type { ErrorRequestHandler } from "express";
import type { Log } from "../observability/log.ts";

/** An error with the status and the words that a client should get. The edge turns it into a problem document. */
export class HttpProblem extends Error {
  readonly problem: Problem;

  /**
   * @param code stable, for programs; becomes the `type` of the document.
   * @param headers to send along, such as `Allow` or `Retry-After`.
   */
  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    readonly headers: Readonly<Record<string, string>> = {},
    errors?: readonly FieldError[],
  ) {
    super(detail);
    this.name = "HttpProblem";
    this.problem = { type: `urn:crosspod:problem:${code}`, title, status, detail, ...(errors && { errors }) };
  }
}

/** A problem with one field of the request. */
export const fieldProblem = (status: number, error: FieldError): HttpProblem =>
  new HttpProblem(status, error.code, "The request is not valid", error.detail, {}, [error]);

/** Answers with a problem document (RFC 9457). */
export function sendProblem(response: ServerResponse, { problem, headers }: HttpProblem): void {
  sendJson(response, problem.status, problem, { ...headers, "Content-Type": "application/problem+json" });
}

/** Answers with JSON that no cache may keep. */
export function sendJson(
  response: ServerResponse,
  status: number,
  json: object,
  headers: Readonly<Record<string, string>> = {},
): void {
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
  sendProblem(response, new HttpProblem(500, "internal", "Internal error", "the server failed; its log says why"));
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
  return new HttpProblem(error.status, "bad-request", "The request is not valid", error.message);
}

/** The last handler: nothing is here. */
export const notFound = (): never => {
  throw new HttpProblem(404, "not-found", "Not found", "there is nothing at this path");
};
