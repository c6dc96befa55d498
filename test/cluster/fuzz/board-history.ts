import { WebOutboxStorage } from "@crosspod/client";
import { systemClock } from "@crosspod/client/internal";
import { type Item, type ItemId, type NumberedOperation, parseEntries, parseItems } from "@crosspod/protocol";
import { expect, vi } from "vitest";
import { OptimisticView } from "../../../packages/client/src/document/optimistic-view.ts";
import { FakeKeyValueStorage } from "../../fuzz/fake-key-value-storage.ts";
import { Random } from "../../fuzz/random.ts";
import { expectPoints, RandomHand } from "../../fuzz/random-hand.ts";
import { takenAway, Witness } from "../../fuzz/witness.ts";
import { encodeAppend } from "../../helpers/board/operation-text.ts";
import type { Fate } from "../../helpers/redis/redis-proxy.ts";
import type { FaultyCluster } from "./faulty-cluster.ts";
import { Person } from "./person.ts";
import { WatchedTransport } from "./watched-transport.ts";

const COLORS = ["000000", "ff0000", "00ff00", "0000ff"];
/**
 * Everything must be in its place this long after all is well again: the longest pause between two tries is 10 s, of a
 * connection, of a join and of what is sent.
 */
const HEALING_MS = 40_000;
const LOOK_AGAIN_MS = 50;

/** What a board is, and how it came to be. */
interface Stored {
  readonly epoch: string;
  readonly items: readonly Item[];
  readonly log: readonly NumberedOperation[];
}

/** People who draw on one board, and what must be true of it in the end. Disposing of it closes their pages. */
export class BoardHistory implements AsyncDisposable {
  readonly seed: number;
  readonly #board: string;
  readonly #cluster: FaultyCluster;
  readonly #random: Random;
  readonly #witness = new Witness();
  readonly #hand: RandomHand;
  readonly #people: Person[] = [];
  readonly #epochs = new Set<string>();
  /** How likely a message to another pod is lost, or comes after the next one. */
  readonly #lost: number;
  readonly #later: number;
  #isDrawing = false;

  constructor(seed: number, cluster: FaultyCluster) {
    this.seed = seed;
    this.#board = `seed-${seed}`;
    this.#cluster = cluster;
    this.#random = new Random(seed);
    this.#hand = new RandomHand(this.#random, systemClock, () => this.#random.pick(COLORS) ?? "000000");
    this.#lost = this.#random.pick([0, 0.1, 0.4]) ?? 0;
    this.#later = this.#random.pick([0, 0.2]) ?? 0;
  }

  /** Begins to draw, over a network that goes wrong. */
  async begin(): Promise<void> {
    this.#isDrawing = true;
    this.#cluster.decideFates(this.#board, () => this.#fate());
    const people = this.#random.whole(2, 4);
    for (let person = 0; person < people; person += 1) await this.#addPerson(newStorage());
    // Two windows of one browser share its storage.
    const [first] = this.#people;
    if (first && this.#random.chance(0.35)) await this.#addPerson(first.storage);
    this.#schedule(300, 1_500, () => this.#somethingGoesWrong());
  }

  /**
   * Expects everybody to have the same board: after the end, after one stroke more, and after one that no pod hears of.
   */
  async check(): Promise<void> {
    this.#end();
    await this.#settle();
    this.#cluster.decideFates(this.#board, () => "lost");
    await this.#drawOnce(this.#people);
    await this.#drawOnce(this.#people.slice(0, 1));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    for (const person of this.#people) await person[Symbol.asyncDispose]();
  }

  #end(): void {
    this.#isDrawing = false;
    for (const person of this.#people) person.goOnline();
  }

  async #addPerson(storage: WebOutboxStorage): Promise<void> {
    const person = await this.#open(storage);
    this.#people.push(person);
    this.#schedule(20, 400, () => this.#hand.act(person.page));
  }

  #open(storage: WebOutboxStorage): Promise<Person> {
    return Person.open({
      board: this.#board,
      random: this.#random,
      pods: this.#cluster.pods,
      storage,
      watch: (transport) => new WatchedTransport(transport, this.#witness, ({ epoch }) => this.#epochs.add(epoch)),
    });
  }

  /** Does something again and again, at random times, until the drawing is over. */
  #schedule(minMs: number, maxMs: number, run: () => void): void {
    systemClock.after(this.#random.whole(minMs, maxMs), () => {
      if (!this.#isDrawing) return;
      run();
      this.#schedule(minMs, maxMs, run);
    });
  }

  #somethingGoesWrong(): void {
    const person = this.#random.pick(this.#people);
    const what = this.#random.next();
    if (what < 0.3) person?.disconnect();
    else if (what < 0.5) this.#goOffline(person);
    else if (what < 0.75) person?.reload();
    else person?.crash();
  }

  #goOffline(person: Person | undefined): void {
    person?.goOffline();
    systemClock.after(this.#random.whole(100, 2_000), () => person?.goOnline());
  }

  async #drawOnce(people: readonly Person[]): Promise<void> {
    for (const { page } of people) {
      this.#hand.draw(page);
      page.client.history.undo();
      page.client.history.redo();
    }
    await this.#settle();
  }

  #fate(): Fate {
    if (this.#random.chance(this.#lost)) return "lost";
    return this.#random.chance(this.#later) ? "later" : "delivered";
  }

  /** Waits until everything is in its place, for those who were here and for one who comes now. */
  async #settle(): Promise<void> {
    const options = { timeout: HEALING_MS, interval: LOOK_AGAIN_MS };
    await vi.waitFor(() => this.#expectSettled(), options);
    await using late = await this.#open(newStorage());
    await vi.waitFor(async () => expectBoard(late, await this.#stored()), options);
  }

  async #expectSettled(): Promise<void> {
    expect(this.#hand.isIdle).toBe(true);
    const stored = await this.#stored();
    for (const person of this.#people) {
      expect(person.page.client.saveState).toEqual({ state: "saved" });
      expect(person.storage.load(this.#board)).toEqual([]);
      expectBoard(person, stored);
    }
    expect([...this.#epochs]).toEqual([stored.epoch]);
    expect(this.#witness.unsent(stored.log)).toEqual([]);
    this.#witness.expectLog(stored.log, stored.items);
    this.#expectStrokes(stored);
  }

  async #stored(): Promise<Stored> {
    const { store } = this.#cluster;
    const { position, items } = await store.snapshot(this.#board);
    const { epoch } = position;
    const beginning = { epoch, seq: 0, token: epoch.slice(0, TOKEN_LENGTH) };
    const { operations, ...log } = await store.join(this.#board, [], beginning);
    expect(log.position).toEqual(position);
    return { epoch, items: parseItems(items) ?? [], log: parseEntries(operations ?? "", 1) ?? [] };
  }

  /** What nobody took away is there as it was drawn: every point, once. A page that crashed may not have sent all. */
  #expectStrokes({ items, log }: Stored): void {
    const gone = takenAway(log);
    const byId = new Map(items.map((item) => [item.id, item]));
    for (const stroke of this.#hand.strokes) {
      if (gone.has(stroke.id)) continue;
      const item = byId.get(stroke.id);
      const { isAlive } = stroke.sheet;
      if (isAlive) expect(item, `stroke ${stroke.id}`).toBeDefined();
      if (item) expectPoints(item, stroke, isAlive, `points of ${stroke.id}, by ${operationsOn(stroke.id, log)}`);
    }
  }
}

/** Who made an item what it is, to be read when it is not what was meant. */
const operationsOn = (id: ItemId, log: readonly NumberedOperation[]): string =>
  encodeAppend(
    log.filter(({ operation }) => "id" in operation && operation.id === id),
    "",
  );

/** The first token of an epoch is its beginning. */
const TOKEN_LENGTH = 4;

const newStorage = (): WebOutboxStorage => new WebOutboxStorage(new FakeKeyValueStorage());

function expectBoard({ page: { client } }: Person, { items }: Stored): void {
  expect(client.state).toBe("live");
  expect([...client.view.items()]).toEqual(items);
  expect(client.view instanceof OptimisticView && [...client.view.pending]).toEqual([]);
}
