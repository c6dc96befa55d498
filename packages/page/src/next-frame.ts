/** Returns what runs a function in the next animation frame, once, however often it is called. A hidden page waits. */
export function inNextFrame(run: (now: number) => void): () => void {
  let isRequested = false;
  return () => {
    if (isRequested) return;
    isRequested = true;
    requestAnimationFrame((now) => {
      isRequested = false;
      run(now);
    });
  };
}
