import type { FeedClient, FeedClientState } from "@crosspod/client";
import { type Announcer, elementById } from "@crosspod/page";
import { FrameQueue } from "./frame-queue.ts";

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
export class FeedStatus {
  readonly #client: FeedClient;
  readonly #announcer: Announcer;
  readonly #status = elementById("status", HTMLElement);
  readonly #state = elementById("state", HTMLElement);
  readonly #trust = elementById("trust", HTMLElement);
  readonly #queue = new FrameQueue(() => this.#paintFacts());

  constructor(client: FeedClient, announcer: Announcer) {
    this.#client = client;
    this.#announcer = announcer;
    client.onState((state) => this.#show(state));
    client.onUpdate(() => this.#queue.mark("facts"));
    client.onRestart(() => this.#queue.mark("facts"));
  }

  #show(state: FeedClientState): void {
    const trust = TRUST[state] ?? "";
    this.#status.dataset.state = state;
    this.#state.textContent = STATE_NAMES[state];
    this.#trust.textContent = trust;
    this.#trust.hidden = trust === "";
    this.#announcer.say(`${STATE_NAMES[state]}. ${trust}`);
    this.#queue.mark("facts");
  }

  #paintFacts(): void {
    const { hello, revision } = this.#client;
    showFact("pod", hello?.pod);
    showFact("revision", hello && `${revision}`);
  }
}

function showFact(name: "pod" | "revision", text: string | undefined): void {
  elementById(`${name}-fact`, HTMLElement).hidden = text === undefined;
  elementById(name, HTMLElement).textContent = text ?? "";
}
