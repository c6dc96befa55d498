import type { BoardClient, ConnectionState, NotSaved, SaveState, SyncError } from "@crosspod/client";
import { type Announcer, elementById } from "@crosspod/page";

const CONNECTION_NAMES: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  reconnecting: "Reconnecting",
  closed: "Closed",
};

/** Between two strokes all is saved for moments: "Saved" is only said of what stays so for this long. */
const SETTLE_MS = 400;

/** Says whether the board is live, whether what this person drew is saved, and which pod serves the page. */
export class BoardStatus {
  readonly #client: BoardClient;
  readonly #announcer: Announcer;
  readonly #status = elementById("status", HTMLElement);
  readonly #connection = elementById("connection", HTMLElement);
  readonly #save = elementById("save", HTMLElement);
  readonly #reason = elementById("reason", HTMLElement);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAlarmed = false;

  constructor(client: BoardClient, announcer: Announcer) {
    this.#client = client;
    this.#announcer = announcer;
    client.onState((state) => this.#showConnection(state));
    client.onSyncError(() => this.#showSyncError());
    client.onSaveState((state) => this.#onSaveState(state));
    this.#showConnection(client.state);
    this.#showSave(client.saveState);
  }

  #showConnection(state: ConnectionState): void {
    this.#status.dataset.state = state;
    this.#connection.textContent = CONNECTION_NAMES[state];
    const pod = state === "live" || state === "catching-up" ? this.#client.hello?.pod : undefined;
    for (const id of ["pod", "menu-pod"]) {
      elementById(`${id}-fact`, HTMLElement).hidden = pod === undefined;
      elementById(id, HTMLElement).textContent = pod ?? "";
    }
    this.#announce();
  }

  #onSaveState(state: SaveState): void {
    clearTimeout(this.#timer);
    if (state.state !== "saved") return this.#showSave(state);
    this.#timer = setTimeout(() => this.#showSave(this.#client.saveState), SETTLE_MS);
  }

  #showSave(state: SaveState): void {
    this.#status.dataset.save = state.state;
    this.#save.textContent = saveName(state);
    this.#showReason();
    this.#announceSave(state);
  }

  #showSyncError(): void {
    this.#showReason();
    this.#announce();
  }

  /** Why not all is as it should be: first of what this person drew, then of the board. */
  #showReason(): void {
    const { saveState, syncError } = this.#client;
    const text = saveState.state === "not-saved" ? notSavedText(saveState) : syncError ? syncErrorText(syncError) : "";
    this.#status.dataset.trouble = syncError?.code ?? "";
    this.#reason.textContent = text;
    this.#reason.hidden = text === "";
  }

  /** Bad news, and that it is over; not each stroke. */
  #announceSave({ state }: SaveState): void {
    if (state === "saving" || (state === "saved" && !this.#isAlarmed)) return;
    this.#isAlarmed = state === "not-saved";
    this.#announce();
  }

  #announce(): void {
    const { state } = this.#client;
    this.#announcer.say(`${CONNECTION_NAMES[state]}. ${this.#reason.textContent || this.#save.textContent}`);
  }
}

function saveName({ state }: SaveState): string {
  if (state === "saved") return "Saved";
  return state === "saving" ? "Saving…" : "Not saved";
}

function notSavedText({ operations, isKept, reason }: NotSaved): string {
  const text = `Not saved: ${sentence(reason)}`;
  if (operations === 0) return text;
  const changes = operations === 1 ? "1 change waits" : `${operations} changes wait`;
  return `${text} ${changes} ${isKept ? "in this browser." : "on this page; keep it open."}`;
}

const syncErrorText = ({ code, detail }: SyncError): string =>
  code === "scattered" ? capitalised(sentence(detail)) : `The board is not up to date: ${sentence(detail)}`;

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** With one full stop. */
const sentence = (text: string): string => `${text.replace(/\.$/, "")}.`;
