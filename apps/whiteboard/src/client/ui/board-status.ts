import type { BoardClient, ConnectionState, NotSaved, SaveState, SyncError } from "@crosspod/client";
import { type Announcer, elementById, showFact } from "@crosspod/page";

const CONNECTION_NAMES: Readonly<Record<ConnectionState, string>> = {
  connecting: "Connecting",
  "catching-up": "Catching up",
  live: "Live",
  reconnecting: "Reconnecting",
  closed: "Closed",
};

const SAVE_NAMES: Readonly<Record<SaveState["state"], string>> = {
  saved: "Saved",
  saving: "Saving…",
  "not-saved": "Not saved",
};

/** Between two strokes all is saved for moments: "Saved" is only said of what stays so for this long. */
const SETTLE_MS = 400;

/** Says whether the board is live, whether what this person drew is saved, and which pod serves the page. */
export function bindBoardStatus(client: BoardClient, announcer: Announcer): void {
  let save = client.saveState;
  let isAlarmed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const showAndAnnounce = (): void => {
    show(client, save);
    announcer.say(`${CONNECTION_NAMES[client.state]}. ${reasonOf(client, save) || SAVE_NAMES[save.state]}`);
  };
  const showSave = (): void => {
    save = client.saveState;
    // Bad news is announced, and that it is over; not each stroke.
    if (save.state === "saving" || (save.state === "saved" && !isAlarmed)) return show(client, save);
    isAlarmed = save.state === "not-saved";
    showAndAnnounce();
  };
  client.onState(showAndAnnounce);
  client.onSyncError(showAndAnnounce);
  client.onSaveState(({ state }) => {
    clearTimeout(timer);
    if (state === "saved") timer = setTimeout(showSave, SETTLE_MS);
    else showSave();
  });
  showAndAnnounce();
}

function show(client: BoardClient, save: SaveState): void {
  const { state, hello, syncError } = client;
  const reason = elementById("reason", HTMLElement);
  const pod = state === "live" || state === "catching-up" ? hello?.pod : undefined;
  Object.assign(elementById("status", HTMLElement).dataset, {
    state,
    save: save.state,
    syncError: syncError?.code ?? "",
  });
  elementById("connection", HTMLElement).textContent = CONNECTION_NAMES[state];
  elementById("save", HTMLElement).textContent = SAVE_NAMES[save.state];
  reason.textContent = reasonOf(client, save);
  reason.hidden = reason.textContent === "";
  showFact("pod", pod);
  showFact("menu-pod", pod);
}

/** Why not all is as it should be: first of what this person drew, then of the board. */
function reasonOf({ syncError }: BoardClient, save: SaveState): string {
  if (save.state === "not-saved") return notSavedText(save);
  return syncError ? syncErrorText(syncError) : "";
}

function notSavedText({ operations, isKept, reason }: NotSaved): string {
  const text = `Not saved: ${sentence(reason)}`;
  if (operations === 0) return text;
  const changes = operations === 1 ? "1 change waits" : `${operations} changes wait`;
  return `${text} ${changes} ${isKept ? "in this browser." : "on this page; keep it open."}`;
}

const syncErrorText = ({ code, detail }: SyncError): string =>
  code === "no-affinity" ? capitalized(sentence(detail)) : `The board is not up to date: ${sentence(detail)}`;

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** With one full stop. */
const sentence = (text: string): string => `${text.replace(/\.$/, "")}.`;
