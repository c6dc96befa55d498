import { BoardClient, type OutboxStorage, type SaveState, WebOutboxStorage } from "@crosspod/client";
import { BoardEvent, type ClientId, type Item, type ItemId, type Joined, type JoinRequest } from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { OptimisticView } from "../../packages/client/src/document/optimistic-view.ts";
import { FakeKeyValueStorage } from "./fake-key-value-storage.ts";
import { Random } from "./random.ts";
import { expectPoints, RandomHand } from "./random-hand.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { type Observer, SimulatedNetwork, type SimulatedTransport } from "./simulated-network.ts";
import { REFUSED_COLOR, SimulatedService } from "./simulated-service.ts";
import { takenAway, Witness } from "./witness.ts";

/**
 * Several people draw on one board over a network and a service that go wrong; then all is well, and all must have the
 * same board. Each seed is one history. One: `SEED=17 npx vitest run --project unit test/fuzz`; more: `SEEDS=2000`.
 */
const SEEDS = Number(process.env.SEEDS ?? 120);
const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: SEEDS }, (_, index) => index + 1);

const BOARD = "fuzz";
const COLORS = ["000000", "ff0000", "00ff00", "0000ff"];
const DRAWING_MS = 6_000;
/** Everything must be in its place this long after the network is well: the longest pause between two tries is 10 s. */
const HEALING_MS = 60_000;
/** Two announcements of the head, so that nothing is left that only they would bring. */
const QUIET_MS = 7_000;

describe("the boards of all people", () => {
  test.each(seeds)(
    "[W5] [W6] [W7] [W10] are the same when the network is well again, with every acknowledged operation on them once: seed %i",
    async (seed) => {
      const history = new BoardHistory(seed);
      try {
        await history.run();
      } catch (error) {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        throw new Error(`seed ${seed} fails; run it alone with SEED=${seed}\n${message}`, { cause: error });
      }
    },
  );
});

/** One window: a client of the board, with what it would lose by a crash. */
class Page {
  readonly client: BoardClient;
  transport: SimulatedTransport | undefined;
  readonly saveStates: SaveState[] = [];
  isAlive = true;

  constructor(history: BoardHistory, storage: OutboxStorage) {
    const { clock, network, random } = history;
    this.client = new BoardClient({
      url: "http://board.test",
      board: BOARD,
      name: "somebody",
      storage,
      random: random.next,
      clock: {
        now: () => clock.now(),
        after: (ms, run) => clock.after(ms, () => this.isAlive && run()),
      },
      connect: () => {
        this.transport = network.connect(history);
        return this.transport;
      },
    });
    this.client.onSaveState((saveState) => this.saveStates.push(saveState));
    this.client.onRefused(() => history.refused(this));
    this.client.open();
  }

  /** Gone without a word. */
  crash(): void {
    this.isAlive = false;
    this.transport?.close();
  }
}

/** A person, with a storage of their own, on one page after the other. */
interface Player {
  readonly storage: WebOutboxStorage;
  page: Page;
}

class BoardHistory implements Observer {
  readonly clock = new SimulatedClock();
  readonly random: Random;
  readonly service: SimulatedService;
  readonly network: SimulatedNetwork;
  readonly #players: Player[] = [];
  /** Of the data set of that time. */
  readonly #witness = new Witness();
  #hand: RandomHand;
  #isDrawing = true;
  readonly #refused = new Set<ItemId>();

  constructor(seed: number) {
    this.random = new Random(seed);
    this.#hand = this.#newHand();
    this.service = new SimulatedService({
      clock: this.clock,
      random: this.random,
      // With a short log, clients that were away get snapshots.
      logLimit: this.random.pick([5, 40, 5_000]) ?? 5,
      hasReplica: this.random.chance(0.4),
    });
    this.network = new SimulatedNetwork(this.clock, this.random, this.service, {
      replyLost: this.random.pick([0, 0.05]) ?? 0,
      refusalLost: this.random.pick([0, 0.1]) ?? 0,
      operationsLost: this.random.pick([0, 0, 0.01]) ?? 0,
      maxDelayMs: this.random.pick([10, 80, 300]) ?? 10,
    });
  }

  async run(): Promise<void> {
    this.#open();
    await this.clock.run(DRAWING_MS);
    this.#isDrawing = false;
    // With nothing drawn after it, only the head says so.
    if (this.random.chance(0.2)) this.service.failOver();
    await this.#heal();
    await this.#check();
    await this.#drawOnce();
    await this.#check();
    for (const { page } of this.#players) page.client.close();
  }

  sent([client, firstSeq, text]: readonly unknown[]): void {
    this.#witness.sees(client as ClientId, firstSeq as number, text as string);
  }

  replied(event: string, [request]: readonly unknown[], reply: unknown, dataSets: number): void {
    if (event !== BoardEvent.join || dataSets !== this.service.dataSets) return;
    const { ok } = reply as { ok?: Partial<Joined> };
    if (ok?.protocol) this.#witness.hearsJoined((request as JoinRequest).clients, ok as Joined);
  }

  received(event: string, [seq, text, safe]: readonly unknown[], dataSets: number): void {
    if (event !== BoardEvent.operations || dataSets !== this.service.dataSets) return;
    this.#witness.hearsOperations(seq as number, text as string, safe as number);
  }

  /** What a page has not any more, when it hears of a refusal, need not be on the board. */
  refused(page: Page): void {
    for (const { id, sheet } of this.#hand.strokes)
      if (sheet === page && !page.client.view.get(id)) this.#refused.add(id);
  }

  #open(): void {
    const people = this.random.whole(2, 4);
    for (let person = 0; person < people; person++) this.#addPlayer(new WebOutboxStorage(new FakeKeyValueStorage()));
    // Windows of one browser share its storage.
    for (let windows = this.random.pick([0, 0, 1, 2]) ?? 0; windows > 0; windows -= 1) {
      this.#addPlayer(this.#players[0]!.storage);
    }
    this.#schedule(300, 1_500, () => this.#somethingGoesWrong());
    if (this.random.chance(0.35)) this.clock.after(this.random.whole(1_000, DRAWING_MS), () => this.#loseData());
  }

  #addPlayer(storage: WebOutboxStorage): void {
    const player: Player = { storage, page: new Page(this, storage) };
    this.#players.push(player);
    this.#schedule(10, 300, () => this.#hand.act(player.page));
  }

  /** Does something again and again, at random times, until the drawing is over. */
  #schedule(minMs: number, maxMs: number, run: () => void): void {
    this.clock.after(this.random.whole(minMs, maxMs), () => {
      if (!this.#isDrawing) return;
      run();
      this.#schedule(minMs, maxMs, run);
    });
  }

  #newHand(): RandomHand {
    const color = () => (this.random.chance(0.03) ? REFUSED_COLOR : this.random.pick(COLORS)!);
    return new RandomHand(this.random, this.clock, color);
  }

  #somethingGoesWrong(): void {
    const player = this.random.pick(this.#players)!;
    const what = this.random.next();
    if (what < 0.3) player.page.transport?.disconnect();
    else if (what < 0.45) this.#goOffline(player);
    else if (what < 0.6) this.#reload(player);
    else if (what < 0.7) this.network.restart(this.random.whole(50, 800));
    else if (what < 0.8) this.#loseStore();
    else if (what < 0.88) this.service.failOver();
    else if (what < 0.92) this.#forgetSession(player);
    else if (what < 0.96) this.#outdate();
    else this.#fill();
  }

  #forgetSession({ page: { transport } }: Player): void {
    if (transport?.peer) this.service.forget(transport.peer);
  }

  #fill(): void {
    this.service.health.isFull = true;
    this.clock.after(this.random.whole(10, 500), () => {
      this.service.health.isFull = false;
    });
  }

  #outdate(): void {
    this.service.health.isOutdated = true;
    this.network.restart(this.random.whole(50, 300));
    this.clock.after(this.random.whole(300, 2_000), () => {
      this.service.health.isOutdated = false;
    });
  }

  #goOffline({ page }: Player): void {
    const { transport } = page;
    if (!transport) return;
    transport.isOffline = true;
    transport.disconnect();
    this.clock.after(this.random.whole(200, 3_000), () => {
      transport.isOffline = false;
    });
  }

  #reload(player: Player): void {
    if (this.random.chance(0.5)) player.page.crash();
    else player.page.client.close();
    player.page = new Page(this, player.storage);
  }

  #loseStore(): void {
    this.service.health.isAvailable = false;
    this.clock.after(this.random.whole(100, 1_500), () => {
      this.service.health.isAvailable = true;
    });
  }

  #loseData(): void {
    this.service.loseData();
    this.#witness.forget();
    this.#hand = this.#newHand();
  }

  async #heal(): Promise<void> {
    this.service.health.isAvailable = true;
    this.service.health.isOutdated = false;
    this.service.health.isFull = false;
    this.network.heal();
    await this.#settle();
  }

  /** Lets time pass until everybody says that all is well, and then a little more. */
  async #settle(): Promise<void> {
    await this.clock.run(this.clock.now() + QUIET_MS);
    const isWell = ({ page: { client } }: Player): boolean => client.state === "live" && isSaved(client);
    await this.clock.run(this.clock.now() + HEALING_MS, () => this.#players.every(isWell));
    await this.clock.run(this.clock.now() + QUIET_MS);
  }

  /** One more stroke of each: what is wrong without being seen shows now. */
  async #drawOnce(): Promise<void> {
    for (const { page } of this.#players) {
      this.#hand.draw(page);
      page.client.history.undo();
      page.client.history.redo();
    }
    await this.#settle();
  }

  async #check(): Promise<void> {
    const stored = this.service.log.items.inOrder();
    for (const { page, storage } of this.#players) {
      expect(page.client.state).toBe("live");
      expect(isSaved(page.client), JSON.stringify(page.client.saveState)).toBe(true);
      expect(storage.load(BOARD)).toEqual([]);
      expect([...page.client.view.items()]).toEqual(stored);
      expect(pendingOf(page.client)).toEqual([]);
    }
    await this.#checkLateJoiner(stored);
    this.#witness.expectLog(this.service.log.operations, stored);
    this.#checkStrokes(stored);
  }

  async #checkLateJoiner(stored: readonly Item[]): Promise<void> {
    const page = new Page(this, new WebOutboxStorage(new FakeKeyValueStorage()));
    await this.clock.run(this.clock.now() + HEALING_MS, () => page.client.state === "live");
    expect([...page.client.view.items()]).toEqual(stored);
    page.client.close();
  }

  /** What nobody took away is there as it was drawn: every point, once. */
  #checkStrokes(stored: readonly Item[]): void {
    const gone = takenAway(this.service.log.operations);
    const items = new Map(stored.map((item) => [item.id, item]));
    for (const stroke of this.#hand.strokes) {
      if (stroke.style.color === REFUSED_COLOR || gone.has(stroke.id) || this.#refused.has(stroke.id)) continue;
      const item = items.get(stroke.id);
      const isPageOpen = this.#players.some(({ page }) => page === stroke.sheet);
      if (isPageOpen) expect(item, `stroke ${stroke.id}`).toBeDefined();
      if (item) expectPoints(item, stroke, isPageOpen, `points of ${stroke.id}`);
    }
  }
}

const isSaved = ({ saveState }: BoardClient): boolean =>
  saveState.state === "saved" || (saveState.state === "not-saved" && saveState.reason.includes("more points"));

function pendingOf(client: BoardClient): unknown[] {
  expect(client.view).toBeInstanceOf(OptimisticView);
  return client.view instanceof OptimisticView ? [...client.view.pending] : [];
}
