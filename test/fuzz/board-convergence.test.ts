import { BoardClient, type OutboxStorage, type SaveState, WebOutboxStorage } from "@crosspod/client";
import {
  BoardEvent,
  BoardItems,
  type ClientId,
  decodePoints,
  encodePoints,
  type Item,
  type ItemId,
  type NumberedOperation,
  type Point,
  parseItems,
  parseOperations,
} from "@crosspod/protocol";
import { describe, expect, test } from "vitest";
import { OverlaidView } from "../../packages/client/src/overlaid-view.ts";
import { FakeKeyValueStorage } from "./fake-key-value-storage.ts";
import { Random } from "./random.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import { type HeardReply, SimulatedNetwork, type SimulatedTransport } from "./simulated-network.ts";
import { REFUSED_COLOR, SimulatedService } from "./simulated-service.ts";

/**
 * Several people draw on one board over a network and a service that go wrong in every way they can; then all is well again, and everybody must have the same board.
 * Each seed is another history, and always the same one. One seed alone: `SEED=17 npx vitest run --project unit test/fuzz`. More of them: `SEEDS=2000`.
 */
const SEEDS = Number(process.env.SEEDS ?? 240);
const seeds = process.env.SEED ? [Number(process.env.SEED)] : Array.from({ length: SEEDS }, (_, index) => index + 1);

const BOARD = "fuzz";
const COLORS = ["000000", "ff0000", "00ff00", "0000ff"];
const DRAWING_MS = 6_000;
/** Everything must be in its place this long after the network is well again: the longest pause between two tries is 10 s. */
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

/** A stroke as somebody meant it. */
interface IntendedStroke {
  readonly id: ItemId;
  readonly points: Point[];
  /** In which data set it was begun, and whether another page of the same person went on with what was left. */
  readonly epochs: number;
  readonly page: BoardClient;
  readonly color: string;
}

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
        this.transport = network.connect((heard) => history.heardReply(heard));
        return this.transport;
      },
    });
    this.client.onSaveState((saveState) => this.saveStates.push(saveState));
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

class BoardHistory {
  readonly clock = new SimulatedClock();
  readonly random: Random;
  readonly service: SimulatedService;
  readonly network: SimulatedNetwork;
  readonly #players: Player[] = [];
  readonly #strokes: IntendedStroke[] = [];
  /** The newest number that each client got acknowledged, in the data set of that time. */
  #acknowledged = new Map<ClientId, number>();
  /** What clients have sent, by client and number. */
  readonly #sent = new Map<string, string>();
  #isDrawing = true;

  constructor(seed: number) {
    this.random = new Random(seed);
    // With a short log, clients that were away get snapshots.
    this.service = new SimulatedService(BOARD, this.clock, this.random.pick([5, 40, 5_000]) ?? 5);
    this.network = new SimulatedNetwork(this.clock, this.random, this.service, {
      lost: this.random.pick([0, 0.05, 0.3]) ?? 0,
      repeated: this.random.pick([0, 0.2]) ?? 0,
      replyLost: this.random.pick([0, 0.02]) ?? 0,
      maxDelayMs: this.random.pick([10, 80, 300]) ?? 10,
    });
  }

  async run(): Promise<void> {
    this.#open();
    await this.clock.run(DRAWING_MS);
    this.#isDrawing = false;
    await this.#heal();
    await this.#check();
    await this.#drawOnce();
    await this.#check();
    for (const { page } of this.#players) page.client.close();
  }

  heardReply({ event, args, reply, epochs }: HeardReply): void {
    if (event !== BoardEvent.operations || epochs !== this.service.epochs) return;
    const [client, firstN, text] = args as [ClientId, number, string];
    for (const [index, part] of text.split(";").entries()) this.#sent.set(`${client}:${firstN + index}`, part);
    const { ok } = reply as { ok?: { n: number } };
    if (ok) this.#acknowledged.set(client, Math.max(ok.n, this.#acknowledged.get(client) ?? 0));
  }

  #open(): void {
    const people = this.random.whole(2, 4);
    for (let person = 0; person < people; person++) this.#addPlayer(new WebOutboxStorage(new FakeKeyValueStorage()));
    // Two windows of one browser share its storage.
    if (this.random.chance(0.35)) this.#addPlayer(this.#players[0]!.storage);
    this.#schedule(300, 1_500, () => this.#somethingGoesWrong());
    if (this.random.chance(0.35)) this.clock.after(this.random.whole(1_000, DRAWING_MS), () => this.#beginEpoch());
  }

  #addPlayer(storage: WebOutboxStorage): void {
    const player: Player = { storage, page: new Page(this, storage) };
    this.#players.push(player);
    this.#schedule(10, 300, () => this.#act(player));
  }

  /** Does something again and again, at random times, until the drawing is over. */
  #schedule(minMs: number, maxMs: number, run: () => void): void {
    this.clock.after(this.random.whole(minMs, maxMs), () => {
      if (!this.#isDrawing) return;
      run();
      this.#schedule(minMs, maxMs, run);
    });
  }

  #act({ page }: Player): void {
    const { client } = page;
    const what = this.random.next();
    if (what < 0.55) return this.#draw(page);
    if (what < 0.7) return this.#erase(client);
    if (what < 0.73) return client.clear();
    if (what < 0.88) return client.undo();
    return client.redo();
  }

  #draw(page: Page): void {
    const { client } = page;
    const pressure = this.random.chance(0.5);
    const color = this.random.chance(0.03) ? REFUSED_COLOR : this.random.pick(COLORS)!;
    const first = this.#point(pressure);
    const stroke = client.beginStroke({ color, width: this.random.whole(1, 40), pressure }, first);
    const intended: IntendedStroke = {
      id: stroke.id,
      points: [first],
      epochs: this.service.epochs,
      page: client,
      color,
    };
    this.#strokes.push(intended);
    this.#extend(page, stroke, intended, pressure, this.random.whole(0, 8));
  }

  #extend(
    page: Page,
    stroke: ReturnType<BoardClient["beginStroke"]>,
    intended: IntendedStroke,
    pressure: boolean,
    times: number,
  ): void {
    if (!page.isAlive || page.client.state === "closed") return;
    if (times === 0) return stroke.end();
    const points = Array.from({ length: this.random.whole(1, 4) }, () => this.#point(pressure));
    stroke.extend(points);
    intended.points.push(...points);
    const delay = this.random.whole(1, 60);
    this.clock.after(delay, () => this.#extend(page, stroke, intended, pressure, times - 1));
  }

  #point(pressure: boolean): Point {
    const point = { x: this.random.whole(0, 16_000), y: this.random.whole(0, 9_000) };
    return pressure ? { ...point, pressure: this.random.whole(0, 63) } : point;
  }

  #erase(client: BoardClient): void {
    const items = [...client.view.items()];
    const eraser = client.beginErase();
    for (let time = this.random.whole(1, 3); time > 0; time--) {
      const item = this.random.pick(items);
      if (item) eraser.erase([item.id]);
    }
    eraser.end();
  }

  #somethingGoesWrong(): void {
    const player = this.random.pick(this.#players)!;
    const what = this.random.next();
    if (what < 0.35) player.page.transport?.disconnect();
    else if (what < 0.5) this.#goOffline(player);
    else if (what < 0.65) this.#reload(player);
    else if (what < 0.8) this.network.restart(this.random.whole(50, 800));
    else this.#loseStore();
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
    this.service.isAvailable = false;
    this.clock.after(this.random.whole(100, 1_500), () => {
      this.service.isAvailable = true;
    });
  }

  #beginEpoch(): void {
    this.service.beginEpoch();
    this.#acknowledged = new Map();
    this.#sent.clear();
  }

  async #heal(): Promise<void> {
    this.service.isAvailable = true;
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
      this.#draw(page);
      page.client.undo();
      page.client.redo();
    }
    await this.#settle();
  }

  async #check(): Promise<void> {
    const committed = await this.#committed();
    for (const { page, storage } of this.#players) {
      expect(page.client.state).toBe("live");
      expect(isSaved(page.client), JSON.stringify(page.client.saveState)).toBe(true);
      expect(storage.load(BOARD)).toEqual([]);
      expect([...page.client.view.items()]).toEqual(committed);
      expect(pendingOf(page.client)).toEqual([]);
    }
    await this.#checkLateJoiner(committed);
    this.#checkLog(committed);
    this.#checkStrokes(committed);
  }

  async #committed(): Promise<Item[]> {
    const { items } = await this.service.store.history(BOARD);
    return parseItems(items ?? "") ?? [];
  }

  async #checkLateJoiner(committed: readonly Item[]): Promise<void> {
    const page = new Page(this, new WebOutboxStorage(new FakeKeyValueStorage()));
    await this.clock.run(this.clock.now() + HEALING_MS, () => page.client.state === "live");
    expect([...page.client.view.items()]).toEqual(committed);
    page.client.close();
  }

  #checkLog(committed: readonly Item[]): void {
    const { log } = this.service;
    const last = new Map<ClientId, number>();
    const items = new BoardItems();
    for (const [index, { client, n, operation }] of log.entries()) {
      expect(n, `the number of ${client}`).toBe((last.get(client) ?? 0) + 1);
      last.set(client, n);
      items.apply(operation, index + 1);
      const sent = this.#sent.get(`${client}:${n}`);
      if (sent !== undefined) expect(parseOperations(sent, client)).toEqual([operation]);
    }
    expect(items.inOrder()).toEqual(committed);
    for (const [client, n] of this.#acknowledged) expect(last.get(client), client).toBeGreaterThanOrEqual(n);
  }

  /** What nobody took away is there as it was drawn: every point, once. */
  #checkStrokes(committed: readonly Item[]): void {
    const takenAway = new TakenAway(this.service.log);
    const items = new Map(committed.map((item) => [item.id, item]));
    for (const stroke of this.#strokes) {
      if (stroke.epochs !== this.service.epochs || stroke.color === REFUSED_COLOR) continue;
      if (takenAway.has(stroke.id)) continue;
      const item = items.get(stroke.id);
      const isPageOpen = this.#players.some(({ page }) => page.client === stroke.page);
      if (isPageOpen) expect(item, `stroke ${stroke.id}`).toBeDefined();
      if (item) expectPoints(item, stroke, isPageOpen);
    }
  }
}

/** Which items somebody took away at some time. */
class TakenAway {
  readonly #ids = new Set<ItemId>();

  constructor(log: readonly NumberedOperation[]) {
    const items = new BoardItems();
    for (const [index, { operation }] of log.entries()) {
      if (operation.type === "remove") for (const id of operation.ids) this.#ids.add(id);
      for (const { id } of items.apply(operation, index + 1).removed ?? []) this.#ids.add(id);
    }
  }

  has(id: ItemId): boolean {
    return this.#ids.has(id);
  }
}

function expectPoints(item: Item, { id, points }: IntendedStroke, isComplete: boolean): void {
  const intended = encodePoints(points, item);
  const message = `points of ${id}`;
  if (isComplete) expect(item.points, message).toBe(intended);
  else
    expect(decodePoints(item.points, item), message).toEqual(
      decodePoints(intended, item)?.slice(0, decodePoints(item.points, item)?.length),
    );
}

const isSaved = ({ saveState }: BoardClient): boolean =>
  saveState.state === "saved" || (saveState.state === "not-saved" && saveState.reason.includes("more points"));

function pendingOf(client: BoardClient): unknown[] {
  expect(client.view).toBeInstanceOf(OverlaidView);
  return client.view instanceof OverlaidView ? [...client.view.pending] : [];
}
