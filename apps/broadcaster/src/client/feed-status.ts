import type { FeedClient, FeedClientState } from "@crosspod/client";
import { type Announcer, elementById, inNextFrame, showFact } from "@crosspod/page";

const STATE_NAMES: Readonly<Record<FeedClientState, string>> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  stale: "Stale",
  outdated: "Outdated",
  reconnecting: "Reconnecting",
  closed: "Closed",
};

/** How far the values can be trusted, in the states in which a person has to know. */
const TRUST: Readonly<Partial<Record<FeedClientState, string>>> = {
  stale: "The pod has lost touch with the feed. The values may be old.",
  outdated: "This page and the service are of different versions. It loads itself anew in a moment; if not, reload it.",
  reconnecting: "There is no connection to the service. The values may be old until it is back.",
  closed: "The connection is closed. The values may be old.",
};

/** Shows the feed's state, this page's pod and the newest revision; tells screen readers of new states only. */
export function bindFeedStatus(client: FeedClient, announcer: Announcer): void {
  const showFacts = inNextFrame(() => {
    const { hello, revision } = client;
    showFact("pod", hello?.pod);
    showFact("revision", hello && `${revision}`);
  });
  client.onState((state) => {
    showState(state);
    announcer.say(`${STATE_NAMES[state]}. ${TRUST[state] ?? ""}`);
    showFacts();
  });
  client.onUpdate(showFacts);
  client.onRestart(showFacts);
}

function showState(state: FeedClientState): void {
  const trust = elementById("trust", HTMLElement);
  elementById("status", HTMLElement).dataset.state = state;
  elementById("state", HTMLElement).textContent = STATE_NAMES[state];
  trust.textContent = TRUST[state] ?? "";
  trust.hidden = !(state in TRUST);
}
