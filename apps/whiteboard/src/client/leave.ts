import type { BoardClient } from "@crosspod/client";

/** A hidden page may be gone without a further word: what was drawn must be in the browser's storage by then. */
export function flushOnLeave(client: BoardClient): void {
  window.addEventListener("pagehide", () => client.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") client.flush();
  });
}
