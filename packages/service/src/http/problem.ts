import type { ServerResponse } from "node:http";
import type { FieldError, FieldErrorCode, Problem } from "@crosspod/protocol";
import { type Headers, sendText } from "./answer.ts";

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

/** Nothing is here. */
export const notFound = (): HttpProblem => httpProblem("not-found", "there is nothing at this path");

/** Answers with a problem document (RFC 9457). */
export function sendProblem(response: ServerResponse, { problem, headers }: HttpProblem): void {
  const all = { "X-Content-Type-Options": "nosniff", ...headers };
  sendText(response, problem.status, "application/problem+json", JSON.stringify(problem), all);
}
