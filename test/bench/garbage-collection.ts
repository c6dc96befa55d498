// Loaded into a server before its own code: SIGUSR2 collects garbage, so that memory can be read. Needs --expose-gc.
process.on("SIGUSR2", () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
