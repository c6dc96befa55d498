import type { IncomingMessage } from "node:http";
import { fieldProblem, type HttpProblem, httpProblem } from "@crosspod/service";

/**
 * Reads the body of a request, JSON that is not compressed and of at most so many bytes [B3]; a longer one is refused
 * at once. Throws an {@link HttpProblem}.
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  checkHeaders(request, maxBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  // By default a loop that is left early destroys the request, and with it the socket that the answer needs.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLong(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function checkHeaders({ headers }: IncomingMessage, maxBytes: number): void {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") throw unsupported("the body must be application/json");
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw unsupported(`the body must not be compressed; it is ${encoding}`);
  if (Number(headers["content-length"] ?? 0) > maxBytes) throw tooLong(maxBytes);
}

const unsupported = (detail: string): HttpProblem => httpProblem("unsupported-media-type", detail);

const tooLong = (maxBytes: number): HttpProblem => {
  const detail = `body is longer than the limit of ${maxBytes} bytes`;
  return fieldProblem(413, { field: "body", code: "too-long", detail, limit: maxBytes }, { Connection: "close" });
};
