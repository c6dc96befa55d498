import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request } from "node:http";
import { text } from "node:stream/consumers";
import { within } from "../helpers/deadline.ts";

/** An answer over HTTP, whole; of a WebSocket its head only. */
export interface Answer {
  readonly status: number;
  /** The content type, without parameters. */
  readonly type: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends one request over a connection of its own, which is ended afterwards. */
export async function ask(url: string, { body, ...options }: RequestOptions & { body?: string } = {}): Promise<Answer> {
  const sent = request(url, { agent: false, ...options });
  sent.end(body);
  const upgraded = once(sent, "upgrade").then(([response, socket]) => {
    socket.destroy();
    return response as IncomingMessage;
  });
  const answered = once(sent, "response").then(([response]) => response as IncomingMessage);
  // One of the two never happens.
  for (const promise of [upgraded, answered]) promise.catch(() => {});
  const response = await within(Promise.race([upgraded, answered]), `an answer of ${url}`);
  const status = response.statusCode ?? 0;
  const { headers } = response;
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "";
  return { status, type, headers, body: status === 101 ? "" : await text(response) };
}

/** The headers of a WebSocket handshake. */
export const HANDSHAKE = {
  Connection: "Upgrade",
  Upgrade: "websocket",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
} as const;
