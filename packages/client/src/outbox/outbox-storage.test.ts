import { describe, expect, test } from "vitest";
import { type KeyValueStorage, MemoryOutboxStorage, type OutboxStorage, WebOutboxStorage } from "./outbox-storage.ts";

class FakeKeyValueStorage extends Map<string, string> implements KeyValueStorage {
  get length(): number {
    return this.size;
  }

  key(index: number): string | null {
    return [...this.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.set(key, value);
  }

  removeItem(key: string): void {
    this.delete(key);
  }
}

describe.each<[string, () => OutboxStorage]>([
  ["in memory", () => new MemoryOutboxStorage()],
  ["in a browser", () => new WebOutboxStorage(new FakeKeyValueStorage())],
])("the storage of an outbox %s", (_, create) => {
  test("[W6] gives back what was put, by client and number", () => {
    const storage = create();
    for (const n of [10, 9, 2]) storage.put("plans", { client: "bbbbbbbb", clientSeq: n, order: n, text: `c${n}` });
    storage.put("plans", { client: "aaaaaaaa", clientSeq: 1, order: 1, text: "c" });
    expect(storage.load("plans").map(({ client, clientSeq, text }) => `${client} ${clientSeq} ${text}`)).toEqual([
      "aaaaaaaa 1 c",
      "bbbbbbbb 2 c2",
      "bbbbbbbb 9 c9",
      "bbbbbbbb 10 c10",
    ]);
  });

  test("[W6] forgets what is removed, and nothing else", () => {
    const storage = create();
    storage.put("plans", { client: "aaaaaaaa", clientSeq: 1, order: 1, text: "c" });
    storage.put("plans", { client: "aaaaaaaa", clientSeq: 2, order: 2, text: "c" });
    storage.remove("plans", "aaaaaaaa", 1);
    storage.remove("plans", "aaaaaaaa", 7);
    storage.remove("other", "aaaaaaaa", 2);
    expect(storage.load("plans").map(({ clientSeq }) => clientSeq)).toEqual([2]);
  });

  test("[W2] keeps the boards apart", () => {
    const storage = create();
    storage.put("plans", { client: "aaaaaaaa", clientSeq: 1, order: 1, text: "c" });
    expect(storage.load("plan")).toEqual([]);
    expect(storage.load("plans2")).toEqual([]);
  });
});

test("[W6] only the storage of an outbox in a browser outlives the page", () => {
  expect(new MemoryOutboxStorage().outlivesPage).toBe(false);
  expect(new WebOutboxStorage(new FakeKeyValueStorage()).outlivesPage).toBe(true);
});

test("[W6] the storage of an outbox in a browser leaves alone what is not its own", () => {
  const storage = new FakeKeyValueStorage([
    ["theme", "dark"],
    ["crosspod.outbox:plans:short:1", "c"],
    ["crosspod.outbox:plans:aaaaaaaa:x", "c"],
  ]);
  expect(new WebOutboxStorage(storage).load("plans")).toEqual([]);
  expect(storage.size).toBe(3);
});

test("[W6] the storage of an outbox in a browser reads what today's pages have left, and writes the same", () => {
  const left: [string, string] = ["crosspod.outbox:plans:aaaaaaaa:7", "12:r1,bbbbbbbb.2"];
  const storage = new FakeKeyValueStorage([left]);
  const outbox = new WebOutboxStorage(storage);
  const [entry] = outbox.load("plans");
  expect(entry).toEqual({ client: "aaaaaaaa", clientSeq: 7, order: 12, text: "r1,bbbbbbbb.2" });
  outbox.remove("plans", "aaaaaaaa", 7);
  expect(storage.size).toBe(0);
  outbox.put("plans", entry!);
  expect([...storage]).toEqual([left]);
});
