/** Calls `callback` when what went wrong may go well now: the network is back, or somebody looks at the page again. */
export function onReturn(callback: () => void): void {
  window.addEventListener("online", callback);
  window.addEventListener("pageshow", callback);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") callback();
  });
}

/** Calls `leave` when the page may be gone without a further word: somebody closes it, or looks at another one. */
export function onLeave(leave: () => void): void {
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
}
