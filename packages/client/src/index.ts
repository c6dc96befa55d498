export * from "./backoff.ts";
export * from "./feed-client.ts";
export * from "./listeners.ts";
