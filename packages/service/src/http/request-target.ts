import type { IncomingMessage } from "node:http";

/** What a request asks for. */
export interface RequestTarget {
  readonly path: string;
  /** What stands behind the first `?`; empty without one. */
  readonly query: string;
}

/** Takes a request's target apart: a path, or a whole URL, which a proxy may send (RFC 9112, section 3.2). */
export function requestTarget({ url = "/" }: Pick<IncomingMessage, "url">): RequestTarget {
  const target = url.startsWith("/") ? url : url.replace(/^[a-z]+:\/\/[^/?]*/i, "");
  const mark = target.indexOf("?");
  return mark < 0 ? { path: target, query: "" } : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}
