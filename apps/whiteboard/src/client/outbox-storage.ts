import { MemoryOutboxStorage, type OutboxStorage, WebOutboxStorage } from "@crosspod/client";

/** Where what was drawn waits to be saved: it outlives the page, unless the browser keeps nothing for this site. */
export function openOutboxStorage(): OutboxStorage {
  try {
    return new WebOutboxStorage(localStorage);
  } catch {
    return new MemoryOutboxStorage();
  }
}
