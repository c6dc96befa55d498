import { BoardClient, type BoardTransport, connectSocket, type WebOutboxStorage } from "@crosspod/client";
import { systemClock } from "@crosspod/client/internal";
import type { Random } from "../../fuzz/random.ts";
import type { Sheet } from "../../fuzz/random-hand.ts";
import { StickyGateway } from "../../helpers/network/sticky-gateway.ts";
import type { WhiteboardPod } from "./whiteboard-pod.ts";

/** What a person has of their own. */
export interface PersonOptions {
  readonly board: string;
  readonly random: Random;
  readonly pods: readonly WhiteboardPod[];
  /** Windows of one browser share it. */
  readonly storage: WebOutboxStorage;
  /** Put around each connection. */
  readonly watch: (transport: BoardTransport) => BoardTransport;
}

/** One window: a client of the board, with what it would lose by a crash. */
class Page implements Sheet {
  readonly client: BoardClient;
  readonly #connections: BoardTransport[] = [];
  #isAlive = true;

  constructor(url: string, { board, random, storage, watch }: PersonOptions) {
    this.client = new BoardClient({
      url,
      board,
      name: "somebody",
      storage,
      random: random.next,
      clock: { now: systemClock.now, after: (ms, run) => systemClock.after(ms, () => this.#isAlive && run()) },
      connect: () => {
        const transport = watch(connectSocket(url));
        this.#connections.push(transport);
        return transport;
      },
    });
    this.client.open();
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** It does nothing any more; its network must be gone already, or it would say goodbye. */
  crash(): void {
    this.#isAlive = false;
    for (const connection of this.#connections) connection.close();
  }
}

/** A person behind a gateway of their own, with an outbox that outlives their pages. */
export class Person implements AsyncDisposable {
  readonly storage: WebOutboxStorage;
  readonly #options: PersonOptions;
  readonly #gateway: StickyGateway;
  #page: Page;

  private constructor(options: PersonOptions, gateway: StickyGateway) {
    this.storage = options.storage;
    this.#options = options;
    this.#gateway = gateway;
    this.#page = new Page(gateway.url, options);
  }

  /**
   * A person who has opened the board; some people's WebSockets do not get through, and some only ever reach one pod.
   */
  static async open(options: PersonOptions): Promise<Person> {
    const { random, pods } = options;
    const reachable = random.chance(0.15) ? pods.slice(0, 1) : pods;
    const target = stickyTarget(reachable, random);
    return new Person(options, await StickyGateway.start({ target, webSockets: random.chance(0.7) }));
  }

  get page(): Sheet {
    return this.#page;
  }

  disconnect(): void {
    this.#gateway.cut();
  }

  goOffline(): void {
    this.#gateway.isDown = true;
    this.#gateway.cut();
  }

  goOnline(): void {
    this.#gateway.isDown = false;
  }

  /** Closes the page in order, and opens it again. */
  reload(): void {
    this.#page.client.close();
    this.#page = new Page(this.#gateway.url, this.#options);
  }

  /** The page is gone without a word; it is opened again. */
  crash(): void {
    this.#gateway.cut();
    this.#page.crash();
    this.#page = new Page(this.#gateway.url, this.#options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#page.client.close();
    await this.#gateway[Symbol.asyncDispose]();
  }
}

/** The port of one of the pods, the same as long as that takes clients. */
function stickyTarget(pods: readonly WhiteboardPod[], random: Random): () => number | undefined {
  let url: string | undefined;
  return () => {
    const urls = pods.flatMap((pod) => pod.url ?? []);
    if (url === undefined || !urls.includes(url)) url = random.pick(urls);
    return url === undefined ? undefined : Number(new URL(url).port);
  };
}
