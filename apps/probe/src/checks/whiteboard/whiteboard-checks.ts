import { adminPort } from "../admin-port.ts";
import type { Check } from "../check.ts";
import { page } from "../page.ts";
import { boardIdle } from "./board-idle.ts";
import { boardLatency } from "./board-latency.ts";
import { boardPods } from "./board-pods.ts";
import { boardResume } from "./board-resume.ts";
import { boardUpgrade } from "./board-upgrade.ts";
import { latePage } from "./late-page.ts";
import { longPolling } from "./long-polling.ts";
import { noCookies } from "./no-cookies.ts";
import { originalDrawing } from "./original-drawing.ts";
import { wrongBoardInput } from "./wrong-join.ts";

/** What should hold of a whiteboard, in the order in which it is looked at. */
export const WHITEBOARD_CHECKS: readonly Check[] = [
  page,
  boardUpgrade,
  boardPods,
  noCookies,
  longPolling,
  boardLatency,
  latePage,
  boardResume,
  originalDrawing,
  wrongBoardInput,
  adminPort,
  boardIdle,
];
