// Loaded into a server before its own code, so that its memory can be read without garbage: SIGUSR2 collects it. Needs --expose-gc.
process.on("SIGUSR2", () => {
  globalThis.gc?.();
  globalThis.gc?.();
});
