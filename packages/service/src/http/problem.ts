import type { ServerResponse } from "node:http";
import type { Explanation, FieldError, FieldErrorCode, Problem } from "@crosspod/protocol";
import { type Headers, sendText } from "./answer.ts";

/** The problems that are not of one field: their statuses, their titles, and what they mean. */
export const PROBLEMS = {
  "bad-request": {
    status: 400,
    title: "The request is not valid",
    meaning: "The request cannot be read: a range that the file does not have (416), or a condition that fails (412).",
    remedy: "Correct the request as `detail` says.",
  },
  "bad-handshake": {
    status: 400,
    title: "Bad handshake",
    meaning: "The WebSocket handshake breaks RFC 6455, such as one of another version than 13.",
    remedy:
      "Use a client of RFC 6455. Where a proxy makes the handshake, let it pass `Upgrade` and `Sec-WebSocket-*` on.",
  },
  unauthorized: {
    status: 401,
    title: "Unauthorized",
    meaning: "`/api` asks for the bearer token of `API_TOKEN`, and the request has none, or another one.",
    remedy: "Send `Authorization: Bearer TOKEN`. The page has a field for the token.",
  },
  "origin-not-allowed": {
    status: 403,
    title: "Origin not allowed",
    meaning: "The request comes from a page whose origin `ALLOWED_ORIGINS` does not list.",
    remedy: "Use a page that is listed, or list the origin.",
  },
  "not-found": {
    status: 404,
    title: "Not found",
    meaning: "There is nothing at this path; or a board's name is not valid.",
    remedy: "Correct the path. Behind a gateway, see that it does not change paths.",
  },
  "method-not-allowed": {
    status: 405,
    title: "Method not allowed",
    meaning: "The path does not take this method. `Allow` says which ones it takes.",
    remedy: "Use one of these methods.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "Unsupported media type",
    meaning: "The body is not `application/json`, or it is compressed.",
    remedy: "Send `Content-Type: application/json`, and the body as it is.",
  },
  "upgrade-required": {
    status: 426,
    title: "Upgrade required",
    meaning: "The path is a WebSocket, and the request asks for none.",
    remedy: "Use a WebSocket client. Where the client is one, let the proxy before the service pass `Upgrade` on.",
  },
  internal: {
    status: 500,
    title: "Internal error",
    meaning: "The service failed. It is not known whether the update was taken.",
    remedy: "Operators find the error in the pod's log.",
  },
  "too-many-connections": {
    status: 503,
    title: "Too many connections",
    meaning: "The pod serves `MAX_CONNECTIONS` clients. Those who are connected notice nothing.",
    remedy: "Try again after `Retry-After`. Operators add pods, or raise `MAX_CONNECTIONS`.",
  },
  unavailable: {
    status: 503,
    title: "Not appended",
    meaning: "The store cannot be reached, and nothing is known to be appended.",
    remedy: "Send the same again after `Retry-After`. Operators look at Redis and at `/readyz`.",
  },
} as const satisfies Record<string, Explanation & { readonly status: number; readonly title: string }>;

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
