/**
 * The codes with which a service closes a WebSocket, so that a client knows what to do next [B12].
 * Below 4000 they are those of RFC 6455 and IANA's registry; from 4000 on they are ours.
 */
export const CloseCode = {
  /** The server is going away for good, or the client asked for it. */
  normal: 1000,
  /** The client sent a binary message. */
  unsupportedData: 1003,
  /** The client sent more messages than it may. */
  policyViolation: 1008,
  /** The client sent a message that is longer than it may be. */
  messageTooBig: 1009,
  /** This pod is leaving: connect again, any other pod goes on from where you were. */
  serviceRestart: 1012,
  /** The client did not read for too long; what it missed is in the snapshot that it gets when it connects again. */
  slowReader: 4008,
} as const;
