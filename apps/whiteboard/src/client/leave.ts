import type { BoardClient } from "@crosspod/client";

/** A page may be gone without a further word once it is hidden: by then what was drawn so far must be in the browser's storage. */
export function flushOnLeave(client: BoardClient): void {
  window.addEventListener("pagehide", () => client.flush());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") client.flush();
  });
}
