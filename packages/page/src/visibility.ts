/** Calls `wake` when what went wrong may go well now: the network is back, or somebody looks at the page again. */
export function onWake(wake: () => void): void {
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
}

/** Calls `leave` when the page may be gone without a further word: somebody closes it, or looks at another one. */
export function onLeave(leave: () => void): void {
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
}
