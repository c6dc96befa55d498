import type { FieldError, Problem } from "@crosspod/protocol";
import type { ErrorRequestHandler, Response } from "express";

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

/** Sends a problem document (RFC 9457). */
export function sendProblem(response: Response, { problem, headers }: HttpProblem): void {
  response
    .status(problem.status)
    .set({ "Cache-Control": "no-store", ...headers })
    .type("application/problem+json")
    .send(JSON.stringify(problem));
}

/** Turns what a handler threw into a problem document; what nobody foresaw is logged and becomes a 500 without details. */
export const problemHandler =
  (log: { error(fields: object, message: string): void }): ErrorRequestHandler =>
  (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = error instanceof HttpProblem ? error : fromHttpError(error);
    if (problem) {
      sendProblem(response, problem);
      return;
    }
    log.error({ err: error, method: request.method, path: request.path }, "request failed");
    sendProblem(response, new HttpProblem(500, "internal", "Internal error", "the server failed; its log says why"));
  };

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

/** A handler for the methods that a path does not have. */
export const methodNotAllowed = (allow: string) => (): never => {
  const detail = `this path takes ${allow} only`;
  throw new HttpProblem(405, "method-not-allowed", "Method not allowed", detail, { Allow: allow });
};
