import {
  type BoardError,
  BoardEvent,
  onGrid,
  PEOPLE_TTL_SECONDS,
  type People,
  type Person,
  type Point,
  parseCursors,
} from "@crosspod/protocol";
import type { BoardContext } from "../connection/board-context.ts";
import { parsePeople, parseRefusal } from "../connection/board-reply.ts";
import { Emitter } from "../events/emitter.ts";
import { Observable } from "../events/observable.ts";
import type { Cancel, Clock } from "../timing/clock.ts";
import { Timer } from "../timing/timer.ts";
import type { BoardTransport } from "../transport/board-transport.ts";
import { sanitizeName } from "./sanitize-name.ts";

/** The name of a person who has given none. */
const NAMELESS = "Guest";
/** Often enough for a pointer that others see gliding. */
const CURSOR_INTERVAL_MS = 50;
/** Cursors may come before the people they belong to; past this many the oldest is forgotten. */
const MAX_CURSORS = 1_000;
const TTL_MS = PEOPLE_TTL_SECONDS * 1_000;

/** Who is on the board, what they are called and where they point: others, by their pods, and this person [W11]. */
export class BoardPresence {
  readonly #people = new Observable<readonly Person[]>([]);
  readonly #cursorsChanged = new Emitter<[]>();
  readonly onPeople = this.#people.changed.add;
  readonly onCursors = this.#cursorsChanged.add;
  readonly #transport: BoardTransport;
  readonly #clock: Clock;
  readonly #onRefused: (error: BoardError) => void;
  readonly #pods = new Map<string, { readonly people: readonly Person[]; readonly cancelExpiry: Cancel }>();
  readonly #cursors = new Map<string, Point>();
  readonly #cursorInterval: Timer;
  #unsentCursor: { readonly point: Point | undefined } | undefined;
  #name: string;

  /** @param onRefused hears why a name was not taken. */
  constructor(
    { transport, clock }: Pick<BoardContext, "transport" | "clock">,
    name: string,
    onRefused: (error: BoardError) => void,
  ) {
    this.#transport = transport;
    this.#clock = clock;
    this.#onRefused = onRefused;
    this.#name = sanitizeName(name) || NAMELESS;
    this.#cursorInterval = new Timer(clock, () => this.#sendCursor());
    transport.on(BoardEvent.people, (people) => this.#hearPeople(parsePeople(people)));
    transport.on(BoardEvent.cursor, (text) => this.#hearCursors(text));
  }

  /** Of this person. */
  get name(): string {
    return this.#name;
  }

  /** Of this connection; undefined while there is none. */
  get selfId(): string | undefined {
    return this.#transport.id;
  }

  /** Others, and this person: the one with {@link selfId}. */
  get people(): readonly Person[] {
    return this.#people.value;
  }

  /** Where others point, by their ids. */
  get cursors(): ReadonlyMap<string, Point> {
    return this.#cursors;
  }

  /** The pointer is there, on the board's grid, or has left it. Others may not see every move. */
  moveCursor(point: Point | undefined): void {
    this.#unsentCursor = { point };
    if (!this.#cursorInterval.isRunning) this.#sendCursor();
  }

  /** Others see the name as soon as the service has taken it; it is the one of every later connection, too. */
  rename(name: string): void {
    this.#name = sanitizeName(name) || NAMELESS;
    void this.#sendName(this.#name);
  }

  /** Sends nothing more, and waits no more until pods become silent. */
  close(): void {
    this.#cursorInterval.stop();
    for (const { cancelExpiry } of this.#pods.values()) cancelExpiry();
  }

  /** The first move at once, then the newest of each interval. */
  #sendCursor(): void {
    if (!this.#unsentCursor) return;
    const { point } = this.#unsentCursor;
    this.#unsentCursor = undefined;
    const place = point && onGrid(point);
    this.#transport.emitVolatile(BoardEvent.cursor, ...(place ? [place.x, place.y] : []));
    this.#cursorInterval.start(CURSOR_INTERVAL_MS);
  }

  async #sendName(name: string): Promise<void> {
    try {
      const error = parseRefusal(await this.#transport.request(BoardEvent.name, name));
      if (error?.code === "bad-name") this.#onRefused(error);
    } catch {
      // There is no connection: the next one joins under this name.
    }
  }

  #hearPeople(heard: People | undefined): void {
    if (!heard) return;
    const { pod, people } = heard;
    this.#pods.get(pod)?.cancelExpiry();
    if (people.length === 0) return this.#forget(pod);
    this.#pods.set(pod, { people, cancelExpiry: this.#clock.after(TTL_MS, () => this.#forget(pod)) });
    this.#show();
  }

  #forget(pod: string): void {
    this.#pods.delete(pod);
    this.#show();
  }

  #show(): void {
    const people = [...this.#pods.values()].flatMap((pod) => pod.people);
    const byId = new Map(people.map((person) => [person.id, person]));
    // People who have left have no cursor.
    for (const { id } of this.people) if (!byId.has(id)) this.#cursors.delete(id);
    this.#people.value = [...byId.values()];
  }

  #hearCursors(text: unknown): void {
    if (typeof text !== "string") return;
    for (const { id, x = Number.NaN, y = Number.NaN } of parseCursors(text)) {
      this.#cursors.delete(id);
      if (Number.isFinite(x + y) && id !== this.#transport.id) this.#cursors.set(id, { x, y });
    }
    for (const id of this.#cursors.keys()) {
      if (this.#cursors.size <= MAX_CURSORS) break;
      this.#cursors.delete(id);
    }
    this.#cursorsChanged.emit();
  }
}
