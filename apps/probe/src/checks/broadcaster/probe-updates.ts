/** What Istio's tutorial for a WebSocket service publishes by hand, in its order. */
export const TUTORIAL_UPDATES = [
  { id: "8", value: "300" },
  { id: "5", value: "600" },
  { id: "1", value: "200" },
  { id: "3", value: "290" },
] as const;

/** The one id of the probe's own. */
export const PROBE_ID = "crosspod-probe";
