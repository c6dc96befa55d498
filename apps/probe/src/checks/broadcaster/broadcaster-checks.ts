import { adminPort } from "../admin-port.ts";
import type { Check } from "../check.ts";
import { page } from "../page.ts";
import { feedIdle } from "./feed-idle.ts";
import { feedLatency } from "./feed-latency.ts";
import { feedPods } from "./feed-pods.ts";
import { feedResume } from "./feed-resume.ts";
import { feedUpgrade } from "./feed-upgrade.ts";
import { lateBrowser } from "./late-browser.ts";
import { sameOrder } from "./same-order.ts";
import { wrongFeedInput } from "./wrong-input.ts";

/** What should hold of a broadcaster, in the order in which it is looked at. */
export const BROADCASTER_CHECKS: readonly Check[] = [
  page,
  feedUpgrade,
  sameOrder,
  lateBrowser,
  feedPods,
  feedLatency,
  wrongFeedInput,
  feedResume,
  adminPort,
  feedIdle,
];
