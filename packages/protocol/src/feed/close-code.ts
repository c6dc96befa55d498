import { CLIENT_MESSAGE_WINDOW_SECONDS, MAX_CLIENT_MESSAGES } from "./feed-message.ts";

/**
 * With what the feed's two sides close a WebSocket, so that the other knows what to do next [B11] [B12]. Below 4000 the
 * codes are those of RFC 6455 and IANA's registry, from 4000 on they are ours.
 */
export const CloseCode = {
  normal: 1000,
  unsupportedData: 1003,
  policyViolation: 1008,
  serviceRestart: 1012,
  slowConsumer: 4008,
} as const;

/** What a close says, where the service closes a WebSocket with words. */
export const CLOSE_TEXTS = {
  [CloseCode.unsupportedData]: "binary messages are not taken",
  [CloseCode.policyViolation]: `more than ${MAX_CLIENT_MESSAGES} messages in ${CLIENT_MESSAGE_WINDOW_SECONDS} s`,
  [CloseCode.serviceRestart]: "this pod is leaving; connect again",
  [CloseCode.slowConsumer]: "the socket stayed full for too long; read faster",
} as const;
