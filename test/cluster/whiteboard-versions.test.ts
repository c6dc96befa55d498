import { type BoardClient, WebOutboxStorage } from "@crosspod/client";
import type { ItemId } from "@crosspod/protocol";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { FakeKeyValueStorage } from "../fuzz/fake-key-value-storage.ts";
import { BoardFleet } from "../helpers/board/board-fleet.ts";
import { BoardPerson } from "../helpers/board/board-person.ts";
import { EventSocket } from "../helpers/board/event-socket.ts";
import { LastRelease, type ReleasedBoardClient } from "../helpers/board/last-release.ts";
import { StrokeSeries } from "../helpers/board/stroke-series.ts";
import { point } from "../helpers/board/strokes.ts";
import { Gateway } from "../helpers/network/gateway.ts";
import { RedisServer } from "../helpers/redis/redis-server.ts";
import { Pod } from "../helpers/service/pod.ts";

const PODS = 3;
const PEOPLE = 4;
const STYLE = { color: "000000", width: 32, pressure: false } as const;
const POLL = { timeout: 15_000 } as const;
/** For a person: one that says what to do, and more than a code. */
const WORDS = /\w+ \w+ \w+/;

let release: LastRelease;
let redis: RedisServer;
let gateway: Gateway;
const open: (Disposable | AsyncDisposable)[] = [];

const keep = <T extends Disposable | AsyncDisposable>(resource: T): T => {
  open.unshift(resource);
  return resource;
};

beforeAll(async () => {
  release = await LastRelease.unpack();
});

afterAll(() => release[Symbol.asyncDispose]());

beforeEach(async () => {
  redis = keep(await RedisServer.start());
  gateway = keep(await Gateway.start());
});

afterEach(async () => {
  for (const resource of open.splice(0)) {
    if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
    else resource[Symbol.dispose]();
  }
});

describe("while the pods of the last release are replaced by today's", () => {
  test("[W6] [W14] nothing is lost of what pages of both releases draw", async () => {
    const pods = await Promise.all(Array.from({ length: PODS }, (_, index) => startOldPod(`old-${index}`)));
    const oldPages = Array.from({ length: PEOPLE }, () => keep(new OldPage(gateway.url)));
    const newPages = Array.from({ length: PEOPLE }, () => keep(new NewPage(gateway.url)));
    await Promise.all(oldPages.map((page) => page.untilState("live")));
    const drawings = [...oldPages, ...newPages].map(({ client }) => new StrokeSeries(client));

    for (const pod of pods) {
      await startNewPod(`${pod.name}-replaced`);
      await end(pod);
    }
    await Promise.all(drawings.map((drawing) => drawing.stop()));

    // What no pod has taken of an old page waits in its browser, for the page that is loaded next.
    for (const page of oldPages) page[Symbol.dispose]();
    const reloaded = oldPages.map(({ storage }) => keep(new NewPage(gateway.url, storage)));
    await Promise.all([...newPages, ...reloaded].map((page) => page.untilSaveState("saved")));
    for (const { storage } of [...newPages, ...reloaded]) expect(storage.length).toBe(0);
    await expectOnBoard(drawings);
  });
});

describe("a client of the last release", () => {
  test("[W6] leaves what was not taken in a storage that today's client goes on from", async () => {
    const pod = await startOldPod("old");
    const page = keep(new OldPage(pod.url));
    await page.untilState("live");
    page.draw(1);
    await page.untilSaveState("saved");
    await end(pod);
    const kept = [page.draw(2), page.draw(3)];
    await page.untilSaveState("not-saved");
    page[Symbol.dispose]();

    expect(entriesOf(page.storage)).toEqual(
      kept.map(() => [
        expect.stringMatching(/^crosspod\.outbox:default:[\w-]{8}:\d+$/),
        expect.stringMatching(/^\d+:p/),
      ]),
    );
    await startNewPod("new");
    const reloaded = keep(new NewPage(gateway.url, page.storage));
    await reloaded.untilSaveState("saved");
    expect(page.storage.length).toBe(0);
    await reloaded.untilItems(3);
    expect(reloaded.items.map(({ id }) => id).slice(1)).toEqual(kept);
  });

  test("[W14] is told by today's pods, in words, that it is outdated, and keeps what it draws", async () => {
    const pod = await startNewPod("new");
    const socket = keep(await EventSocket.open(pod.url, "websocket"));
    expect(await socket.ask("join", { board: "default", client: "anna-000", name: "Anna" })).toMatchObject({
      error: { code: "outdated", detail: expect.stringMatching(WORDS) },
    });

    const page = keep(new OldPage(pod.url));
    await expect.poll(() => page.client.trouble?.code, POLL).toBe("outdated");
    page.draw(1);
    await page.untilSaveState("not-saved");
    expect(page.client.saveState.reason).toMatch(WORDS);
    page[Symbol.dispose]();
    expect(page.storage.length).toBe(1);
  });
});

describe("a client of today, on pods of the last release,", () => {
  test("[W14] says in words that they are outdated, and sends what it drew once pods of today are there", async () => {
    const pod = await startOldPod("old");
    const page = keep(new NewPage(pod.url));
    await expect.poll(() => syncErrorOf(page.client)?.code, POLL).toBe("outdated");
    expect(syncErrorOf(page.client)?.detail).toMatch(WORDS);

    page.draw(point(100, 100), point(200, 200));
    await expect.poll(() => page.storage.length, POLL).toBe(1);
    expect(page.client.saveState).toMatchObject({ state: "not-saved", reason: expect.stringMatching(WORDS) });
    await end(pod);
    await startNewPod("new", { PORT: `${pod.port}`, ADMIN_PORT: "0" });

    await page.untilSaveState("saved");
    expect(syncErrorOf(page.client)).toBeUndefined();
    using late = new BoardFleet([gateway.url]);
    await late.untilShown(new Map(page.items.map(({ id, points }) => [id, points])));
  });
});

/** A page of the last release, without a browser. Disposing of it leaves in its storage what is not saved. */
class OldPage implements Disposable {
  readonly storage = new FakeKeyValueStorage();
  readonly client: ReleasedBoardClient;

  constructor(url: string) {
    const { BoardClient, WebOutboxStorage } = release.client;
    const storage = new WebOutboxStorage(this.storage);
    this.client = new BoardClient({ url, board: "default", name: "Old page", storage });
    this.client.open();
  }

  /** Returns the id of the stroke. */
  draw(row: number): ItemId {
    const stroke = this.client.beginStroke(STYLE, point(100, 100 * row));
    stroke.extend([point(200, 100 * row)]);
    stroke.end();
    return stroke.id;
  }

  async untilState(state: ReleasedBoardClient["state"]): Promise<void> {
    await expect.poll(() => this.client.state, POLL).toBe(state);
  }

  async untilSaveState(state: ReleasedBoardClient["saveState"]["state"]): Promise<void> {
    await expect.poll(() => this.client.saveState.state, POLL).toBe(state);
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}

/** A page of today, without a browser, with what is in a browser's storage. */
class NewPage extends BoardPerson {
  readonly storage: FakeKeyValueStorage;

  constructor(url: string, storage = new FakeKeyValueStorage()) {
    super(url, { storage: new WebOutboxStorage(storage) });
    this.storage = storage;
  }
}

/** Why the board is not all here, as the client says it. */
const syncErrorOf = ({ syncError }: BoardClient): BoardClient["syncError"] => syncError;

const entriesOf = (storage: FakeKeyValueStorage): (string | null)[][] =>
  Array.from({ length: storage.length }, (_, index) => storage.key(index)).map((key) => [
    key,
    storage.getItem(key ?? ""),
  ]);

const environment = (): Readonly<Record<string, string>> => ({
  REDIS_URL: redis.url,
  UNREADY_SECONDS: "1",
  DRAIN_SECONDS: "1",
});

/** Resolves when it gets clients from the gateway. */
async function startOldPod(name: string): Promise<Pod> {
  return watched(await release.startPod(name, environment()));
}

async function startNewPod(name: string, more: Readonly<Record<string, string>> = {}): Promise<Pod> {
  return watched(await Pod.start("whiteboard", name, { ...environment(), ...more }));
}

async function watched(pod: Pod): Promise<Pod> {
  keep(pod);
  await gateway.watch(pod);
  return pod;
}

async function end(pod: Pod): Promise<void> {
  pod.process.kill("SIGTERM");
  await pod.process.exited();
}

/** Somebody who comes now sees each stroke once, with all its points, and nothing else. */
async function expectOnBoard(drawings: readonly StrokeSeries[]): Promise<void> {
  using late = new BoardFleet([gateway.url]);
  await late.untilShown(new Map(drawings.flatMap(({ strokes }) => [...strokes])));
}
