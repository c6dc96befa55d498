import { type ClientId, isClientId } from "@crosspod/protocol";

/** One operation that was not acknowledged. */
export interface StoredOperation {
  readonly client: ClientId;
  readonly clientSeq: number;
  /** Among those of all clients of a page and of the pages before it: each counts on from what it found. */
  readonly order: number;
  /** `encodeOperation`, by its client. */
  readonly text: string;
}

/** Keeps operations until they are acknowledged, so that they outlive the page that made them [W6]. */
export interface OutboxStorage {
  /** Whether a later page finds what is put here. */
  readonly outlivesPage: boolean;
  /** What all clients of the board have left, in the order of client and number. */
  load(board: string): StoredOperation[];
  /** Throws when there is no room. */
  put(board: string, entry: StoredOperation): void;
  remove(board: string, client: ClientId, clientSeq: number): void;
}

/** Keeps them for as long as the process runs. */
export class MemoryOutboxStorage implements OutboxStorage {
  readonly outlivesPage: boolean = false;
  readonly #entries = new Map<string, StoredOperation>();

  load(board: string): StoredOperation[] {
    const entries = [...this.#entries].filter(([key]) => key.startsWith(boardKey(board)));
    return entries.map(([, entry]) => entry).sort(byClientAndNumber);
  }

  put(board: string, entry: StoredOperation): void {
    this.#entries.set(storageKey(board, entry.client, entry.clientSeq), entry);
  }

  remove(board: string, client: ClientId, clientSeq: number): void {
    this.#entries.delete(storageKey(board, client, clientSeq));
  }
}

/** What a browser's `localStorage` has, as far as it is needed here. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

const KEY_PREFIX = "crosspod.outbox";
/** The order and the text. */
const STORED = /^(\d{1,15}):(.*)$/;

/** Keeps them in a browser, one key for each: pages of a board do not disturb each other, and a crash loses none. */
export class WebOutboxStorage implements OutboxStorage {
  readonly outlivesPage = true;
  readonly #storage: KeyValueStorage;

  constructor(storage: KeyValueStorage) {
    this.#storage = storage;
  }

  load(board: string): StoredOperation[] {
    const keys = Array.from({ length: this.#storage.length }, (_, index) => this.#storage.key(index));
    return keys.flatMap((key) => this.#read(board, key)).sort(byClientAndNumber);
  }

  put(board: string, { client, clientSeq, order, text }: StoredOperation): void {
    this.#storage.setItem(storageKey(board, client, clientSeq), `${order}:${text}`);
  }

  remove(board: string, client: ClientId, clientSeq: number): void {
    this.#storage.removeItem(storageKey(board, client, clientSeq));
  }

  #read(board: string, key: string | null): StoredOperation[] {
    const prefix = boardKey(board);
    if (!key?.startsWith(prefix)) return [];
    const [client, number] = key.slice(prefix.length).split(":");
    const clientSeq = Number(number);
    const [, order, text] = STORED.exec(this.#storage.getItem(key) ?? "") ?? [];
    if (!isClientId(client) || !Number.isSafeInteger(clientSeq) || clientSeq < 1 || text === undefined) return [];
    return [{ client, clientSeq, order: Number(order), text }];
  }
}

const boardKey = (board: string): string => `${KEY_PREFIX}:${board}:`;

const storageKey = (board: string, client: ClientId, clientSeq: number): string =>
  `${boardKey(board)}${client}:${clientSeq}`;

const byClientAndNumber = (a: StoredOperation, b: StoredOperation): number =>
  a.client === b.client ? a.clientSeq - b.clientSeq : a.client < b.client ? -1 : 1;
