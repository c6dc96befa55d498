import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Log } from "../observability/log.ts";
import { HttpProblem, httpProblem, notFound, sendProblem } from "./problem.ts";
import { type RequestTarget, requestTarget } from "./request-target.ts";

/** Answers a request. It may throw an {@link HttpProblem} until it has begun to answer. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  target: RequestTarget,
) => void | Promise<void>;

/** What a path answers, by method. */
export type Methods = Readonly<Record<string, Handler>>;

/** What each path answers. `/b/*` is for all with one more part after `/b/` that have no line of their own. */
export type Routes = Readonly<Record<string, Methods>>;

/** The methods of a path that can only be read. Node leaves out the body of what `HEAD` is answered. */
export const readOnly = (handler: Handler): Methods => ({ GET: handler, HEAD: handler });

/**
 * Hands each request to its route [A4]: 404 where there is none, 405 with `Allow` for a method that it does not take.
 * @param refuse answers with what is wrong.
 */
export function route(routes: Routes, log: Log, refuse = sendProblem): RequestListener {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = requestTarget(request);
    const { path } = target;
    const methods = routes[path] ?? routes[`${path.slice(0, path.lastIndexOf("/"))}/*`];
    if (!methods) throw notFound();
    const handler = methods[request.method ?? ""];
    if (!handler) throw methodNotAllowed(Object.keys(methods).join(", "));
    await handler(request, response, target);
  };
  return (request, response) => {
    answer(request, response).catch((error) => {
      // The client is gone, or has got half of another answer.
      if (response.headersSent || response.destroyed) return response.destroy();
      if (error instanceof HttpProblem) return refuse(response, error);
      log.error({ err: error, method: request.method, url: request.url }, "request failed");
      refuse(response, httpProblem("internal", "the server failed; its log says why"));
    });
  };
}

const methodNotAllowed = (allowed: string): HttpProblem =>
  httpProblem("method-not-allowed", `this path takes ${allowed} only`, { Allow: allowed });
