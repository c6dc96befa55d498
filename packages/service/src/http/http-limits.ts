/** Limits of every HTTP server. Idle connections live longer than a gateway keeps them, or it meets closed ones. */
export const HTTP_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
} as const;
