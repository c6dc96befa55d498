/** Calls `callback` when another try makes sense: the network is back, or the page is visible again. */
export function onReturn(callback: () => void): void {
  window.addEventListener("online", callback);
  window.addEventListener("pageshow", callback);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") callback();
  });
}

/** Calls `leave` when the page may be gone without notice: it is closed, or hidden. */
export function onLeave(leave: () => void): void {
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
}
