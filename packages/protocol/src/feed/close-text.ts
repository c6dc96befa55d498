import { CloseCode } from "./close-code.ts";
import { CLIENT_MESSAGE_WINDOW_SECONDS, MAX_CLIENT_MESSAGES } from "./feed-message.ts";

/** What a close says, where the service closes a WebSocket with words. */
export const CLOSE_TEXTS = {
  [CloseCode.unsupportedData]: "binary messages are not taken",
  [CloseCode.policyViolation]: `more than ${MAX_CLIENT_MESSAGES} messages in ${CLIENT_MESSAGE_WINDOW_SECONDS} s`,
  [CloseCode.serviceRestart]: "this pod is leaving; connect again",
  [CloseCode.slowConsumer]: "the socket stayed full for too long; read faster",
} as const;
