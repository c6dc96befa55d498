import type { IncomingMessage } from "node:http";

/** What a request asks for. */
export interface RequestTarget {
  readonly path: string;
  /** What stands behind the first `?`; empty without one. */
  readonly query: string;
}

/**
 * Takes a request's target apart: a path, or a whole URL, which a proxy may send (RFC 9112, section 3.2). One that is
 * neither is a path at which nothing is: libraries that take it for a URL would throw.
 */
export function requestTarget({ url = "/" }: Pick<IncomingMessage, "url">): RequestTarget {
  const isUrl = !url.startsWith("/") && URL.canParse(url);
  const target = isUrl ? url.replace(/^[a-z]+:\/\/[^/?]*/i, "") : url;
  const mark = target.indexOf("?");
  const path = mark < 0 ? target : target.slice(0, mark);
  // Of a URL that ends with its host.
  return { path: path || "/", query: mark < 0 ? "" : target.slice(mark + 1) };
}
