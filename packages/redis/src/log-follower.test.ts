import { setImmediate as turn } from "node:timers/promises";
import type { Position } from "@crosspod/protocol";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Batch, Reading } from "./batch.ts";
import { LATE_MS, LogFollower, MAX_WAITING_ENTRIES, REMEMBERED_BATCHES, type ReadCause } from "./log-follower.ts";

interface TestBatch extends Batch {
  readonly entries: readonly string[];
}

interface Whole extends Position {
  readonly entries: readonly string[];
}

/** A store that can fall back to an older copy and go another way; it gives no text and no token twice. */
class ModelStore {
  /** Every state that it ever had: what a consumer holds must be one of them. */
  readonly states = new Set<string>();
  #epoch = "";
  #entries: string[] = [];
  /** Of the epoch's batches, by the seq of their last entries. */
  #tokens = new Map<number, string>();
  #trimmedTo = 0;
  #made = 0;

  constructor(readonly givesTokens = false) {
    this.beginEpoch();
  }

  get position(): Position {
    const [seq, token] = [...this.#tokens].at(-1)!;
    return { epoch: this.#epoch, seq, token };
  }

  get state(): string {
    return stateOf(this.#epoch, this.#entries);
  }

  append(count = 1): TestBatch {
    const { seq, token: previous } = this.position;
    const entries = Array.from({ length: count }, () => this.#make("entry"));
    this.#entries.push(...entries);
    this.#tokens.set(seq + count, this.#make("token"));
    this.states.add(this.state);
    return { ...this.position, previous, firstSeq: seq + 1, entries };
  }

  /** What a check publishes: where the log is. */
  announce(): TestBatch {
    const { position } = this;
    return { ...position, previous: position.token, firstSeq: position.seq + 1, entries: [] };
  }

  beginEpoch(): void {
    const seq = this.#entries.length;
    this.#epoch = this.#make("epoch");
    this.#tokens = new Map([[seq, this.#make("token")]]);
    this.states.add(this.state);
  }

  /** Makes a copy, and returns what falls back to it. */
  copy(): () => void {
    const [epoch, entries, tokens] = [this.#epoch, [...this.#entries], [...this.#tokens]];
    return () => {
      this.#epoch = epoch;
      this.#entries = [...entries];
      this.#tokens = new Map(tokens);
    };
  }

  flush(): void {
    this.#entries = [];
    this.#trimmedTo = 0;
    this.beginEpoch();
  }

  /** Forgets so many of the epoch's newest batches, and goes another way. */
  fallBack(batches: number): TestBatch {
    this.#tokens = new Map([...this.#tokens].slice(0, Math.max(1, this.#tokens.size - batches)));
    this.#entries.length = this.position.seq;
    return this.append();
  }

  /** From now on the way from an older position is not known; the whole is. */
  trim(): void {
    this.#trimmedTo = this.position.seq;
  }

  read(known: Position | undefined): Reading<TestBatch, Whole> {
    const isKnown = known?.epoch === this.#epoch;
    if (isKnown && this.#tokens.get(known.seq) !== known.token) this.beginEpoch();
    const { position } = this;
    const tokens = this.givesTokens ? { tokens: [...this.#tokens] } : {};
    if (known?.epoch !== position.epoch || known.seq < this.#trimmedTo) {
      return { whole: { ...position, entries: [...this.#entries] }, ...tokens };
    }
    const entries = this.#entries.slice(known.seq);
    return { rest: { ...position, previous: known.token, firstSeq: known.seq + 1, entries }, ...tokens };
  }

  #make(what: string): string {
    this.#made += 1;
    return `${what}-${this.#made}`;
  }
}

const stateOf = (epoch: string, entries: readonly string[]): string => [epoch, ...entries].join(" ");

/** A read that was asked of the store: it is answered by what the store holds then, and the answer arrives later. */
interface Request {
  readonly known: Position | undefined;
  readonly resolve: (reading: Reading<TestBatch, Whole>) => void;
  readonly reject: (error: Error) => void;
  reading?: Reading<TestBatch, Whole>;
}

/** A follower whose reads a test answers, and what it handed on. */
class Scene {
  readonly causes: ReadCause[] = [];
  readonly requests: Request[] = [];
  readonly resets: number[] = [];
  readonly follower: LogFollower<TestBatch, Whole>;
  held: string[] = [];
  /** Called right after a read was answered. */
  onMicrotask = (): void => {};
  reads = 0;

  constructor(readonly store: ModelStore) {
    this.follower = new LogFollower<TestBatch, Whole>({
      read: (known) => {
        this.reads += 1;
        return new Promise((resolve, reject) => this.requests.push({ known, resolve, reject }));
      },
      reset: ({ seq, entries }) => {
        this.resets.push(seq);
        this.held = [...entries];
        this.#check();
      },
      append: ({ firstSeq, seq, entries }) => {
        expect([firstSeq, seq]).toEqual([this.held.length + 1, this.held.length + entries.length]);
        expect(entries).not.toHaveLength(0);
        this.held.push(...entries);
        this.#check();
      },
      onRead: (cause) => {
        this.causes.push(cause);
        queueMicrotask(this.onMicrotask);
      },
    });
  }

  get state(): string {
    return stateOf(this.follower.position?.epoch ?? "", this.held);
  }

  /** The store sees the oldest read that it has not seen yet. */
  execute(): void {
    const request = this.requests.find(({ reading }) => !reading);
    if (request) request.reading = this.store.read(request.known);
  }

  /** The oldest read is answered. */
  async reply(): Promise<void> {
    const [request] = this.requests.splice(0, 1);
    request?.resolve(request.reading ?? this.store.read(request.known));
    await turn();
  }

  async fail(): Promise<void> {
    const [request] = this.requests.splice(0, 1);
    request?.reject(new Error("the store is away"));
    await turn();
  }

  async answerAll(): Promise<void> {
    await turn();
    for (; this.requests.length > 0; await this.reply());
  }

  async start(): Promise<this> {
    void this.follower.read("start").catch(() => {});
    await this.answerAll();
    return this;
  }

  receive(...batches: TestBatch[]): void {
    for (const batch of batches) this.follower.receive(batch);
  }

  /** What is held was the store's at some time: nothing is missing in it, comes twice or is of two histories. */
  #check(): void {
    expect(this.store.states).toContain(this.state);
  }
}

let store: ModelStore;
let scene: Scene;

const expectSame = (): void => expect(scene.state).toBe(store.state);

beforeEach(async () => {
  store = new ModelStore();
  store.append(3);
  scene = await new Scene(store).start();
});

describe("LogFollower, told what was published,", () => {
  test("takes the log as a whole at first, and hands on what follows in order, without a read", () => {
    expect([scene.resets, scene.causes]).toEqual([[3], ["start"]]);
    scene.receive(store.append(1), store.append(2));
    expectSame();
    expect(scene.reads).toBe(1);
    expect(scene.follower.position).toEqual(store.position);
  });

  test("leaves it to the first read while it knows no position", () => {
    const early = new Scene(store);
    early.receive(store.append());
    expect([early.reads, early.follower.position]).toEqual([0, undefined]);
  });

  test("ignores what comes twice", () => {
    const batches = [store.append(), store.append()];
    scene.receive(...batches, ...batches);
    expectSame();
    expect(scene.reads).toBe(1);
  });

  test("reads once for a gap, however many messages come meanwhile, and hands those on that are past the answer", async () => {
    store.append();
    scene.receive(store.append(), store.append());
    scene.execute();
    scene.receive(...Array.from({ length: 10 }, () => store.append()));
    await scene.answerAll();
    expectSame();
    expect([scene.reads, scene.causes]).toEqual([2, ["start", "gap"]]);
  });

  test("reads again for a gap among the messages that came meanwhile", async () => {
    store.append();
    scene.receive(store.append());
    scene.execute();
    store.append();
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "gap", "gap"]);
  });

  test("shares one read among all who ask for it", async () => {
    const reads = [scene.follower.read("lost-last"), scene.follower.read("resubscribed")];
    await scene.answerAll();
    await Promise.all(reads);
    expect(scene.causes).toEqual(["start", "lost-last"]);
  });

  test("loses no message that comes right after a read", async () => {
    void scene.follower.read("lost-last");
    scene.onMicrotask = () => scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.reads).toBe(2);
  });

  test.each([true, false])(
    "a message that was overtaken costs a read, and nothing comes twice (tokens: %s)",
    async (gives) => {
      scene = await new Scene(new ModelStore(gives)).start();
      const [first, second] = [scene.store.append(), scene.store.append()];
      scene.receive(second);
      await scene.answerAll();
      scene.receive(first);
      await scene.answerAll();
      expect(scene.state).toBe(scene.store.state);
      expect(scene.causes).toEqual(gives ? ["start", "gap"] : ["start", "gap", "unknown"]);
    },
  );

  test("a late message of an older batch that it does not know costs one read, and nothing comes twice", async () => {
    const late = [store.append(), store.append()];
    store.append();
    void scene.follower.read("resubscribed");
    await scene.answerAll();
    scene.receive(...late);
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "resubscribed", "unknown"]);
  });

  test("knows what it took before it read what was missing", async () => {
    const early = store.append();
    scene.receive(early);
    store.append();
    scene.receive(store.append());
    await scene.answerAll();
    scene.receive(early);
    expect(scene.reads).toBe(2);
  });

  test("knows the newest batches that it took, and those that the store named", async () => {
    const batches = Array.from({ length: REMEMBERED_BATCHES + 1 }, () => store.append());
    scene.receive(...batches, ...batches.slice(1));
    expect(scene.reads).toBe(1);
    scene.receive(batches[0]!);
    expect(scene.reads).toBe(2);
  });

  test.each([
    ["of a number that is here, with another token", 1, 0],
    ["that follows, but not on the batch that is here", 2, 1],
  ])("reads for a batch %s: the store went another way, and all of it is taken anew", async (_, batches, more) => {
    scene.receive(store.append(), store.append());
    const other = store.fallBack(batches);
    scene.receive(...[other, ...Array.from({ length: more }, () => store.append())].slice(more));
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "fork"]);
    expect(scene.resets).toHaveLength(2);
  });

  test("reads for a batch that begins at what is here and ends past it", async () => {
    scene.receive(store.append());
    store.fallBack(1);
    store.fallBack(1);
    scene.receive({ ...store.append(2), firstSeq: 4 });
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "fork"]);
  });

  test("notices the fork when its batch is as long as nothing was lost, by what it names as the one before", async () => {
    scene.receive(store.append());
    store.fallBack(1);
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "fork"]);
  });

  test("takes all anew for another epoch", async () => {
    store.flush();
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect([scene.causes, scene.resets]).toEqual([
      ["start", "new-epoch"],
      [3, 1],
    ]);
  });

  test("takes all anew when the way from its position is trimmed", async () => {
    store.append();
    store.trim();
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.resets).toEqual([3, 5]);
  });

  test("reads when a position is announced that it has not reached, or another token of it, and hands on no empty batch", async () => {
    scene.receive(store.announce());
    expect(scene.reads).toBe(1);
    store.append();
    scene.receive(store.announce());
    await scene.answerAll();
    expectSame();
    store.fallBack(1);
    scene.receive(store.announce());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "fork"]);
  });

  test("reads again for a position that is announced during a read and is not of what the read brought", async () => {
    store.append(2);
    void scene.follower.read("lost-last");
    scene.execute();
    store.fallBack(1);
    scene.receive(store.announce());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "unknown"]);
  });

  test("reads again for entries that come during a read and contradict what it knew before", async () => {
    scene.receive(store.append());
    void scene.follower.read("lost-last");
    scene.execute();
    scene.receive(store.fallBack(1));
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "fork"]);
  });

  test("reads again for entries of another epoch that come during a read", async () => {
    void scene.follower.read("lost-last");
    scene.execute();
    store.flush();
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "new-epoch"]);
  });

  test("takes nothing that it knew of another history for known", async () => {
    const [restore, left] = [store.copy(), store.append()];
    scene.receive(left, store.append());
    store.beginEpoch();
    scene.receive(store.announce());
    await scene.answerAll();
    restore();
    scene.receive(store.append(3));
    await scene.answerAll();
    expectSame();
    scene.receive({ ...left, firstSeq: left.seq + 1, entries: [] });
    expect(scene.requests).toHaveLength(1);
  });

  test("drops what waits when it is too much, and reads once more", async () => {
    void scene.follower.read("lost-last");
    scene.execute();
    scene.receive(store.append(), store.append(MAX_WAITING_ENTRIES));
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "gap"]);
    void scene.follower.read("lost-last");
    scene.execute();
    scene.receive(store.append(MAX_WAITING_ENTRIES));
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last", "gap", "lost-last"]);
  });

  test("drops announcements, too, when they are too many", async () => {
    void scene.follower.read("lost-last");
    scene.execute();
    scene.receive(...Array.from({ length: MAX_WAITING_ENTRIES + 1 }, () => store.announce()));
    await scene.answerAll();
    expect(scene.causes).toEqual(["start", "lost-last", "gap"]);
  });

  test("reads again at the next message when a read failed, and tells nobody of a read that was not answered", async () => {
    store.append();
    scene.receive(store.append());
    scene.receive(store.append());
    await scene.fail();
    expect(scene.causes).toEqual(["start"]);
    scene.receive(store.append());
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "gap"]);
  });

  test("reads what was lost while it was not subscribed", async () => {
    store.append(2);
    const read = scene.follower.read("resubscribed");
    await scene.answerAll();
    await read;
    expectSame();
    expect(scene.causes).toEqual(["start", "resubscribed"]);
    expect(scene.resets).toHaveLength(1);
  });
});

describe("LogFollower, asked to reach a position,", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });

  afterEach(() => {
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  /** What became of the promise by now. */
  const watch = (promise: Promise<void>): { outcome: string } => {
    const watched = { outcome: "pending" };
    promise.then(
      () => {
        watched.outcome = "reached";
      },
      (error: Error) => {
        watched.outcome = error.message;
      },
    );
    return watched;
  };

  test("waits for a message that is late, and does not read", async () => {
    const [one, two] = [store.append(), store.append()];
    const reach = watch(scene.follower.reach(two));
    vi.advanceTimersByTime(LATE_MS - 1);
    scene.receive(one);
    await turn();
    expect(reach.outcome).toBe("pending");
    scene.receive(two);
    await turn();
    expect([reach.outcome, scene.reads]).toEqual(["reached", 1]);
    await scene.follower.reach(one);
    scene.receive(store.append());
    expectSame();
    expect(scene.reads).toBe(1);
  });

  test("needs nothing where all is here, also not the read that is under way", async () => {
    const read = watch(scene.follower.read("resubscribed"));
    const reach = watch(scene.follower.reach(store.position));
    await turn();
    expect([reach.outcome, read.outcome]).toEqual(["reached", "pending"]);
    await scene.fail();
    expect(read.outcome).toBe("the store is away");
  });

  test("reads what does not come, once for all", async () => {
    store.append();
    const reaches = [scene.follower.reach(store.position), scene.follower.reach(store.position)].map(watch);
    await vi.advanceTimersByTimeAsync(LATE_MS);
    await scene.answerAll();
    expect(reaches).toEqual([{ outcome: "reached" }, { outcome: "reached" }]);
    expectSame();
    expect(scene.causes).toEqual(["start", "lost-last"]);
  });

  test("reads at once for another epoch, for another token of what is here, and before the first read", async () => {
    scene.receive(store.append());
    store.fallBack(1);
    const fork = watch(scene.follower.reach(store.position));
    await scene.answerAll();
    expectSame();
    store.beginEpoch();
    const epoch = watch(scene.follower.reach(store.position));
    await scene.answerAll();
    expectSame();
    expect(scene.causes).toEqual(["start", "fork", "new-epoch"]);
    expect([fork, epoch]).toEqual([{ outcome: "reached" }, { outcome: "reached" }]);
    scene = new Scene(store);
    const first = watch(scene.follower.reach(store.position));
    await scene.answerAll();
    expectSame();
    expect([scene.causes, first.outcome]).toEqual([["start"], "reached"]);
  });

  test("is not content with a read that was answered before the position was said", async () => {
    void scene.follower.read("resubscribed");
    scene.execute();
    store.append();
    const reach = watch(scene.follower.reach(store.position));
    await vi.advanceTimersByTimeAsync(LATE_MS);
    await scene.answerAll();
    expectSame();
    expect([reach.outcome, scene.reads]).toEqual(["reached", 3]);
  });

  test("rejects while the store is away", async () => {
    store.append();
    const reach = watch(scene.follower.reach(store.position));
    await vi.advanceTimersByTimeAsync(LATE_MS);
    await scene.fail();
    expect(reach.outcome).toBe("the store is away");
  });
});

type Fate = "lost" | "late" | "at-once" | "twice";

type Step =
  | { readonly do: "append" | "fall-back"; readonly count: number; readonly fate: Fate }
  | { readonly do: "announce"; readonly fate: Fate }
  | { readonly do: "epoch" | "flush" | "trim" | "execute" | "reply" | "fail" | "cut" }
  | { readonly do: "arrive"; readonly index: number };

const fate = fc.constantFrom<Fate>("lost", "late", "at-once", "at-once", "twice");
const count = fc.integer({ min: 1, max: 3 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("append" as const), count, fate }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("fall-back" as const), count, fate }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("announce" as const), fate }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("arrive" as const), index: fc.nat(9) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom("execute", "reply", "execute", "reply", "fail", "cut", "epoch", "flush", "trim"),
    }),
  },
);

const steps = fc.array(step, { maxLength: 60, size: "large" });

/** When the last announcement comes: after all reads, during one, or during one after which the store was forked. */
const end = fc.constantFrom("idle", "reading", "forked");

/** A channel that loses, repeats, delays and reorders messages, and is cut off. */
class ModelChannel {
  readonly #late: TestBatch[] = [];

  constructor(readonly scene: Scene) {}

  async do(step: Step): Promise<void> {
    const { store } = this.scene;
    switch (step.do) {
      case "append":
        return this.#publish(store.append(step.count), step.fate);
      case "fall-back":
        return this.#publish(store.fallBack(step.count), step.fate);
      case "announce":
        return this.#publish(store.announce(), step.fate);
      case "arrive":
        return this.scene.receive(...this.#late.splice(step.index % (this.#late.length || 1), 1));
      case "epoch":
        return store.beginEpoch();
      case "flush":
        return store.flush();
      case "trim":
        return store.trim();
      case "execute":
        return this.scene.execute();
      case "reply":
        return this.scene.reply();
      case "fail":
        return this.scene.fail();
      case "cut":
        this.#late.length = 0;
        void this.scene.follower.read("resubscribed").catch(() => {});
    }
  }

  #publish(batch: TestBatch, fate: Fate): void {
    if (fate === "late") this.#late.push(batch);
    if (fate === "at-once" || fate === "twice") this.scene.receive(batch);
    if (fate === "twice") this.#late.push(batch);
  }
}

test("LogFollower holds what the store holds after one announcement, whatever store and channel do, and what the store held at all times", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), end, async (all, gives, last) => {
      const scene = await new Scene(new ModelStore(gives)).start();
      const channel = new ModelChannel(scene);
      for (const each of all) await channel.do(each);
      if (last === "idle") await scene.answerAll();
      if (last === "forked") scene.execute();
      if (last === "forked") scene.store.fallBack(1);
      scene.receive(scene.store.announce());
      await scene.answerAll();
      expect(scene.state).toBe(scene.store.state);
    }),
    { numRuns: 500 },
  );
});
