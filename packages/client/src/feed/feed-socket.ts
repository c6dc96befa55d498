import { FEED_PATH, FeedParameter } from "@crosspod/protocol";

/** What a feed client needs of a WebSocket: the browser's and that of ws both have it. */
export interface FeedSocket {
  addEventListener(type: "open", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { readonly code: number }) => void): void;
  addEventListener(type: "error", listener: () => void): void;
  send(text: string): void;
  close(code?: number): void;
}

/** Where a service has its feed; `seen` is how far a client that comes back has come [B7] [B9]. */
export function feedUrl(service: URL, seen?: { readonly epoch: string; readonly revision: number }): string {
  const url = new URL(FEED_PATH, service);
  url.protocol = service.protocol === "https:" || service.protocol === "wss:" ? "wss:" : "ws:";
  url.searchParams.set(FeedParameter.hello, "1");
  if (seen) {
    url.searchParams.set(FeedParameter.epoch, seen.epoch);
    url.searchParams.set(FeedParameter.after, `${seen.revision}`);
  }
  return url.href;
}
