import type { ServerResponse } from "node:http";

export type Headers = Readonly<Record<string, string>>;

/** Answers with text that no cache may keep. */
export function sendText(
  response: ServerResponse,
  status: number,
  type: string,
  text: string,
  headers: Headers = {},
): void {
  const body = Buffer.from(text);
  const own = { "Content-Type": type, "Cache-Control": "no-store", "Content-Length": body.length };
  response.writeHead(status, { ...own, ...headers }).end(body);
}

/** Answers with JSON that no cache may keep. */
export const sendJson = (response: ServerResponse, json: object): void =>
  sendText(response, 200, "application/json", JSON.stringify(json));
