import type { FeedClient } from "@crosspod/client";
import { storedText, storeText } from "@crosspod/page";

const KEY = "crosspod-reloaded-at";
const MIN_INTERVAL_MS = 60_000;
/** So that not all pages load at once when a new version is rolled out. */
const MAX_PAUSE_MS = 3_000;

/**
 * Loads a page that stays outdated anew after a random pause, at most once a minute; not at all where the browser keeps
 * nothing that could say when it did [B7].
 */
export function reloadWhenOutdated(client: Pick<FeedClient, "onState">): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  client.onState((state) => {
    clearTimeout(timer);
    if (state !== "outdated") return;
    const reloadedAt = Number(storedText("sessionStorage", KEY) ?? Number.NEGATIVE_INFINITY);
    const wait = Math.max(0, reloadedAt + MIN_INTERVAL_MS - Date.now());
    timer = setTimeout(reload, wait + Math.random() * MAX_PAUSE_MS);
  });
}

function reload(): void {
  if (storeText("sessionStorage", KEY, `${Date.now()}`)) location.reload();
}
