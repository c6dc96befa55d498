import type { FeedClient } from "@crosspod/client";

/** Lets the client try at once, rather than after its pause, when the network is back or somebody looks at the page again. */
export function openOnWake(client: FeedClient): void {
  window.addEventListener("online", () => client.open());
  window.addEventListener("pageshow", () => client.open());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.open();
  });
}
