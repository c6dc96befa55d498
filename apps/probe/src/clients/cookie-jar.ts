/** A cookie as it came, in a `Set-Cookie` header. */
export interface Cookie {
  readonly name: string;
  readonly value: string;
  /** The requests that it is sent with are for this path and what is below it. */
  readonly path: string;
  /** The whole header. */
  readonly header: string;
}

/** The cookies that a browser would keep of one host, by their paths (RFC 6265), whatever their domain, age and TLS. */
export class CookieJar {
  #cookies: Cookie[] = [];

  /** Every cookie, whatever its path. */
  get all(): readonly Cookie[] {
    return this.#cookies;
  }

  /** Keeps a cookie of a reply to a request for `requestPath`, in place of an older one of its name and path. */
  keep(header: string, requestPath: string): void {
    const cookie = parseCookie(header, requestPath);
    if (!cookie) return;
    this.#cookies = this.#cookies.filter(({ name, path }) => name !== cookie.name || path !== cookie.path);
    this.#cookies.push(cookie);
  }

  /** The cookies for a path, in the order in which a browser sends them: those with longer paths first. */
  for(requestPath: string): Cookie[] {
    return this.#cookies
      .filter(({ path }) => isBelow(requestPath, path))
      .sort((one, other) => other.path.length - one.path.length);
  }
}

/** The `Cookie` header for some cookies; undefined for none. */
export const cookieHeader = (cookies: readonly Cookie[]): string | undefined =>
  cookies.length > 0 ? cookies.map(({ name, value }) => `${name}=${value}`).join("; ") : undefined;

function parseCookie(header: string, requestPath: string): Cookie | undefined {
  const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(header) ?? [];
  if (!name) return undefined;
  const path = /;\s*path=(\/[^;]*)/i.exec(header)?.[1]?.trim();
  return { name: name.trim(), value: value.trim(), path: path ?? folderOf(requestPath), header };
}

/** The path of a cookie that names none (RFC 6265, section 5.1.4). */
const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf("/"), 1));

const isBelow = (path: string, top: string): boolean =>
  path === top || path.startsWith(top.endsWith("/") ? top : `${top}/`);
