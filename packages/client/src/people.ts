import { type Cursor, PEOPLE_TTL_SECONDS, type People, type Person } from "@crosspod/protocol";
import { isRecord } from "./board-reply.ts";
import type { Clock } from "./clock.ts";
import { Timer } from "./timer.ts";

/** Cursors may come before the people they belong to; past this many the oldest is forgotten. */
const MAX_CURSORS = 1_000;
const TTL_MS = PEOPLE_TTL_SECONDS * 1_000;

/** Where a pointer is, on the board's grid. */
export interface CursorPosition {
  readonly x: number;
  readonly y: number;
}

/** Who is on the board, by the pods that they are on, and where their pointers are [W11]. */
export class PeopleOnBoard {
  readonly #clock: Clock;
  readonly #onPeople: () => void;
  readonly #pods = new Map<string, { readonly people: readonly Person[]; readonly until: number }>();
  readonly #cursors = new Map<string, CursorPosition>();
  readonly #expiry: Timer;

  /** @param onPeople hears that the people have changed. */
  constructor(clock: Clock, onPeople: () => void) {
    this.#clock = clock;
    this.#onPeople = onPeople;
    this.#expiry = new Timer(clock, () => this.#expire());
  }

  /** Each person once. */
  get people(): readonly Person[] {
    const people = [...this.#pods.values()].flatMap((pod) => pod.people);
    return [...new Map(people.map((person) => [person.id, person])).values()];
  }

  get cursors(): ReadonlyMap<string, CursorPosition> {
    return this.#cursors;
  }

  /** A pod says whom it has. */
  heard({ pod, people }: People): void {
    const before = this.#pods.get(pod)?.people ?? [];
    if (people.length > 0) this.#pods.set(pod, { people, until: this.#clock.now() + TTL_MS });
    else this.#pods.delete(pod);
    this.#expiry.start(TTL_MS);
    if (!isEqual(before, people)) this.#changed(before);
  }

  /** Pointers have moved, or left. */
  moved(cursors: readonly Cursor[]): void {
    for (const { id, x, y } of cursors) {
      this.#cursors.delete(id);
      if (x !== undefined && y !== undefined && Number.isFinite(x + y)) this.#cursors.set(id, { x, y });
    }
    for (const id of this.#cursors.keys()) {
      if (this.#cursors.size <= MAX_CURSORS) break;
      this.#cursors.delete(id);
    }
  }

  /** Stops waiting for pods to become silent. */
  close(): void {
    this.#expiry.stop();
  }

  #expire(): void {
    for (const [pod, { people, until }] of this.#pods) {
      if (until > this.#clock.now()) continue;
      this.#pods.delete(pod);
      this.#changed(people);
    }
    const next = Math.min(...[...this.#pods.values()].map(({ until }) => until));
    if (Number.isFinite(next)) this.#expiry.start(next - this.#clock.now());
  }

  #changed(before: readonly Person[]): void {
    const here = new Set(this.people.map(({ id }) => id));
    for (const { id } of before) if (!here.has(id)) this.#cursors.delete(id);
    this.#onPeople();
  }
}

const isEqual = (a: readonly Person[], b: readonly Person[]): boolean =>
  a.length === b.length && a.every(({ id, name }, index) => id === b[index]?.id && name === b[index]?.name);

/** Reads whom a pod has; undefined when it does not say that. */
export function parsePeople(value: unknown): People | undefined {
  if (!isRecord(value) || typeof value.pod !== "string" || !Array.isArray(value.people)) return undefined;
  const people: readonly unknown[] = value.people;
  return { pod: value.pod, people: people.filter(isPerson).map(({ id, name }) => ({ id, name })) };
}

const isPerson = (value: unknown): value is Person =>
  isRecord(value) && typeof value.id === "string" && typeof value.name === "string";
