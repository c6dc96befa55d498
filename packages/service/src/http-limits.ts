/** Limits of every HTTP server. A gateway keeps its idle connections for a minute or so: ours must live longer, or it meets closed ones. */
export const HTTP_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16_384,
} as const;
