import { readdirSync } from "node:fs";
import send from "send";
import { httpProblem, notFound } from "./problem.ts";
import { type Handler, type Routes, readOnly } from "./router.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'self'",
].join("; ");

/** What comes with each file. Browsers ask each time whether it has changed. */
const FILE_HEADERS = new Map([
  ["Cache-Control", "no-cache"],
  ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
  ["Referrer-Policy", "no-referrer"],
  ["X-Content-Type-Options", "nosniff"],
]);

/** A built page at `/`, and its files. */
export const pageRoutes = (directory: string): Routes => ({
  "/": readOnly(sendFile(directory, "index.html")),
  ...fileRoutes(directory, "/"),
});

/** The files that are in `directory` now, each at its name below `prefix`. */
export function fileRoutes(directory: string, prefix: string): Routes {
  const files = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile());
  const names = files.map(({ name }) => encodeURIComponent(name));
  return Object.fromEntries(names.map((name) => [prefix + name, readOnly(sendFile(directory, name))]));
}

/**
 * Answers with a file, with the part that is asked for, or that it has not changed (RFC 9110, sections 13 and 14).
 * @param name percent-encoded, below `root`.
 */
export const sendFile =
  (root: string, name: string): Handler =>
  (request, response) =>
    new Promise((resolve, reject) => {
      response.once("close", resolve);
      response.setHeaders(FILE_HEADERS);
      send(request, name, { root, index: false })
        .on("error", (error) => reject(asProblem(error)))
        .pipe(response);
    });

/** What the file server throws says its status: the file has gone, or a condition or a range is not met. */
function asProblem(error: Error & { readonly status?: number }): Error {
  if (error.status === 404) return notFound();
  if (error.status === 412 || error.status === 416) return httpProblem("bad-request", error.message, {}, error.status);
  return error;
}
