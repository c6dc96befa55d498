import type { BoardClient } from "@crosspod/client";

/** Lets the client try at once, rather than after its pause, when the network is back or somebody looks at the page again. */
export function wakeWithPage(client: BoardClient): void {
  window.addEventListener("online", () => client.wake());
  window.addEventListener("pageshow", () => client.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") client.wake();
  });
}
