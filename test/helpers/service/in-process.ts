/** The environment of a service that a test runs in its own process: free ports, no log, and nobody to wait for. */
export const IN_PROCESS = {
  HOST: "127.0.0.1",
  PORT: "0",
  ADMIN_PORT: "0",
  POD_NAME: "pod-a",
  LOG_LEVEL: "silent",
  DRAIN_SECONDS: "0",
} as const;
