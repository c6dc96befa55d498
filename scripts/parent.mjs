/** How often to look whether the parent is still there. */
const LOOK_MS = 500;

/**
 * Calls `act` when the process that started this one has ended. npm passes a SIGTERM on to the shell in which it runs a
 * script, and some shells end without passing it on to the script.
 * @param {() => void} act
 */
export function whenParentEnds(act) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    act();
  }, LOOK_MS);
  timer.unref();
}
