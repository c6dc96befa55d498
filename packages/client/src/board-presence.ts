import {
  type BoardError,
  BoardEvent,
  isRecord,
  PEOPLE_TTL_SECONDS,
  type People,
  type Person,
  type Point,
  parseCursors,
} from "@crosspod/protocol";
import type { BoardContext } from "./board-context.ts";
import { parseRenamed, parseReply } from "./board-reply.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import { CursorSender } from "./cursor-sender.ts";
import { Emitter } from "./emitter.ts";
import { sanitizeName } from "./sanitize-name.ts";
import { Timer } from "./timer.ts";

/** What somebody is called who has given no name. */
const NAMELESS = "Guest";
/** Cursors may come before the people they belong to; past this many the oldest is forgotten. */
const MAX_CURSORS = 1_000;
const TTL_MS = PEOPLE_TTL_SECONDS * 1_000;

/** Who is on the board, what they are called and where they point: others, by their pods, and this person [W11]. */
export class BoardPresence {
  readonly peopleChanged = new Emitter<[]>();
  readonly cursorsChanged = new Emitter<[]>();
  readonly #transport: BoardTransport;
  readonly #clock: Clock;
  readonly #onRefused: (error: BoardError) => void;
  readonly #pods = new Map<string, { readonly people: readonly Person[]; readonly until: number }>();
  readonly #cursors = new Map<string, Point>();
  readonly #ownCursor: CursorSender;
  readonly #expiry: Timer;
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
    this.#ownCursor = new CursorSender(transport, clock);
    this.#expiry = new Timer(clock, () => this.#expire());
    transport.on(BoardEvent.people, (people) => this.#hearPeople(parsePeople(people)));
    transport.on(BoardEvent.cursor, (text) => this.#hearCursors(text));
  }

  get name(): string {
    return this.#name;
  }

  /** Each person once. */
  get people(): readonly Person[] {
    const people = [...this.#pods.values()].flatMap((pod) => pod.people);
    return [...new Map(people.map((person) => [person.id, person])).values()];
  }

  get cursors(): ReadonlyMap<string, Point> {
    return this.#cursors;
  }

  moveCursor(point: Point | undefined): void {
    this.#ownCursor.move(point);
  }

  rename(name: string): void {
    this.#name = sanitizeName(name) || NAMELESS;
    void this.#sendName(this.#name);
  }

  /** Tells nothing more, and does not wait any more until pods become silent. */
  close(): void {
    this.#ownCursor.close();
    this.#expiry.stop();
  }

  async #sendName(name: string): Promise<void> {
    try {
      const reply = parseReply(await this.#transport.request(BoardEvent.name, name), parseRenamed);
      if ("error" in reply && reply.error.code === "bad-name") this.#onRefused(reply.error);
    } catch {
      // There is no connection: the next one joins under this name.
    }
  }

  /** A pod says whom it has. */
  #hearPeople(heard: People | undefined): void {
    if (!heard) return;
    const { pod, people } = heard;
    const before = this.#pods.get(pod)?.people ?? [];
    if (people.length > 0) this.#pods.set(pod, { people, until: this.#clock.now() + TTL_MS });
    else this.#pods.delete(pod);
    this.#expiry.start(TTL_MS);
    if (JSON.stringify(before) !== JSON.stringify(people)) this.#tellPeople(before);
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
    this.cursorsChanged.emit();
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [pod, { people, until }] of this.#pods) {
      if (until > now) continue;
      this.#pods.delete(pod);
      this.#tellPeople(people);
    }
    const next = Math.min(...[...this.#pods.values()].map(({ until }) => until));
    if (Number.isFinite(next)) this.#expiry.start(next - now);
  }

  /** Who has left points nowhere any more. */
  #tellPeople(before: readonly Person[]): void {
    const here = new Set(this.people.map(({ id }) => id));
    for (const { id } of before) if (!here.has(id)) this.#cursors.delete(id);
    this.peopleChanged.emit();
  }
}

/** Reads whom a pod has; undefined when it does not say that. */
function parsePeople(value: unknown): People | undefined {
  if (!isRecord(value) || typeof value.pod !== "string" || !Array.isArray(value.people)) return undefined;
  const people: readonly unknown[] = value.people;
  return { pod: value.pod, people: people.filter(isPerson).map(({ id, name }) => ({ id, name })) };
}

const isPerson = (value: unknown): value is Person =>
  isRecord(value) && typeof value.id === "string" && typeof value.name === "string";
