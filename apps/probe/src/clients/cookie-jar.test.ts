import { describe, expect, test } from "vitest";
import { CookieJar, cookieHeader } from "./cookie-jar.ts";

/** The `Cookie` header for `/socket.io/` of a browser that got these, each with the reply to a request for a path. */
function sent(...kept: readonly (readonly [header: string, requestPath: string])[]): string | undefined {
  const jar = new CookieJar();
  for (const [header, requestPath] of kept) jar.keep(header, requestPath);
  return cookieHeader(jar.for("/socket.io/"));
}

describe("a cookie jar", () => {
  test("sends what is for the path, or for one above it", () => {
    expect(sent(["a=1; Path=/", "/"], ["b=2; Path=/socket.io", "/"], ["c=3; path=/socket.io/; HttpOnly", "/"])).toBe(
      "c=3; b=2; a=1",
    );
  });

  test.each(["a=1; Path=/b", "a=1; Path=/socket", "a=1; Path=/socket.io/x", "no cookie"])(
    "does not send %s",
    (header) => {
      expect(sent([header, "/"])).toBeUndefined();
    },
  );

  test("takes a cookie without a path for the folder of the request", () => {
    expect(sent(["a=1", "/b/name"])).toBeUndefined();
    expect(sent(["a=1", "/socket.io/"])).toBe("a=1");
    expect(sent(["a=1", "/name"])).toBe("a=1");
  });

  test("sends the one of two with the same name first whose path is longer, whichever came first", () => {
    expect(sent(["a=long; Path=/socket.io/", "/"], ["a=short; Path=/", "/"])).toBe("a=long; a=short");
    expect(sent(["a=short; Path=/", "/"], ["a=long; Path=/socket.io/", "/"])).toBe("a=long; a=short");
  });

  test("replaces a cookie by a newer one of its name and path", () => {
    expect(sent(["a=old; Path=/", "/"], ["a=new; Path=/", "/"])).toBe("a=new");
  });
});
