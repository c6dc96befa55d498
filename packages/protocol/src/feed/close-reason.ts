import type { Explanation } from "../explanation.ts";
import { CloseCode } from "./close-code.ts";
import { CLIENT_MESSAGE_WINDOW_SECONDS, MAX_CLIENT_MESSAGE_BYTES, MAX_CLIENT_MESSAGES } from "./feed-message.ts";

// A file of its own, so that pages do not carry these words.
const FIX_CLIENT = "Fix the client: the service has nothing against another connection.";

/** Why a WebSocket is closed: `reason` is what the close says, where it says anything. */
export const CLOSES = {
  [CloseCode.normal]: { reason: "", meaning: "The client needs the feed no more.", remedy: "Nothing." },
  1002: {
    reason: "",
    meaning: "The client sent frames that break RFC 6455.",
    remedy: FIX_CLIENT,
  },
  [CloseCode.unsupportedData]: {
    reason: "binary messages are not taken",
    meaning: "The client sent a binary message.",
    remedy: `${FIX_CLIENT} The feed takes text only.`,
  },
  1007: { reason: "", meaning: "The client sent a text message that is not UTF-8.", remedy: FIX_CLIENT },
  [CloseCode.policyViolation]: {
    reason: `more than ${MAX_CLIENT_MESSAGES} messages in ${CLIENT_MESSAGE_WINDOW_SECONDS} s`,
    meaning: "The client sent more messages and pings than it may.",
    remedy: `${FIX_CLIENT} It has nothing to say but to ask for the state.`,
  },
  1009: {
    reason: "",
    meaning: `The client sent a message of more than ${MAX_CLIENT_MESSAGE_BYTES} bytes.`,
    remedy: FIX_CLIENT,
  },
  [CloseCode.serviceRestart]: {
    reason: "this pod is leaving; connect again",
    meaning: "The pod is leaving.",
    remedy: "Connect again after a random pause of up to 0.2 s. Any pod goes on from where the client was.",
  },
  [CloseCode.slowConsumer]: {
    reason: "the socket stayed full for too long; read faster",
    meaning: "The client did not read for `SLOW_CONSUMER_SECONDS`.",
    remedy: "Connect again: what was missed comes with the snapshot. Read faster.",
  },
} as const satisfies Record<number, Explanation & { readonly reason: string }>;
