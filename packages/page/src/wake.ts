/** Calls `wake` when what went wrong may go well now: the network is back, or somebody looks at the page again. */
export function onWake(wake: () => void): void {
  window.addEventListener("online", wake);
  window.addEventListener("pageshow", wake);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") wake();
  });
}
