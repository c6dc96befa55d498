/**
 * With what the feed's two sides close a WebSocket, so that the other knows what to do next [B11] [B12]. Below 4000 the
 * codes are those of RFC 6455 and IANA's registry, from 4000 on they are ours.
 */
export const CloseCode = {
  /** The client needs the feed no more. */
  normal: 1000,
  /** The client sent a binary message. */
  unsupportedData: 1003,
  /** The client sent more messages than it may. */
  policyViolation: 1008,
  /** This pod is leaving: connect again, any other pod goes on from where you were. */
  serviceRestart: 1012,
  /** The client did not read for too long; what it missed is in the snapshot that it gets when it connects again. */
  slowConsumer: 4008,
} as const;
