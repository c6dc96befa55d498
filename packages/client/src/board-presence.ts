import { type BoardError, BoardEvent, type Person, parseCursors } from "@crosspod/protocol";
import { parseRenamed, parseReply } from "./board-reply.ts";
import type { BoardTransport } from "./board-transport.ts";
import type { Clock } from "./clock.ts";
import { CursorSender } from "./cursor-sender.ts";
import { fittingName } from "./fitting-name.ts";
import { Listeners } from "./listeners.ts";
import { type CursorPosition, PeopleOnBoard, parsePeople } from "./people.ts";

/** What somebody is called who has given no name. */
const NAMELESS = "Guest";

export interface BoardPresenceOptions {
  readonly name: string;
  readonly transport: BoardTransport;
  readonly clock: Clock;
  readonly onRefused: (error: BoardError) => void;
}

/** Who is on the board, what they are called, and where they point: this person and the others [W11]. */
export class BoardPresence {
  readonly peopleChanged = new Listeners<[]>();
  readonly cursorsChanged = new Listeners<[]>();
  readonly #transport: BoardTransport;
  readonly #onRefused: (error: BoardError) => void;
  readonly #people: PeopleOnBoard;
  readonly #cursor: CursorSender;
  #name: string;

  constructor({ name, transport, clock, onRefused }: BoardPresenceOptions) {
    this.#name = fittingName(name) || NAMELESS;
    this.#transport = transport;
    this.#onRefused = onRefused;
    this.#people = new PeopleOnBoard(clock, () => this.peopleChanged.emit());
    this.#cursor = new CursorSender(transport, clock);
    transport.on(BoardEvent.people, (people) => this.#hearPeople(people));
    transport.on(BoardEvent.cursor, (text) => this.#hearCursors(text));
  }

  get name(): string {
    return this.#name;
  }

  get people(): readonly Person[] {
    return this.#people.people;
  }

  get cursors(): ReadonlyMap<string, CursorPosition> {
    return this.#people.cursors;
  }

  move(point: CursorPosition | undefined): void {
    this.#cursor.move(point);
  }

  rename(name: string): void {
    this.#name = fittingName(name) || NAMELESS;
    void this.#sendName(this.#name);
  }

  close(): void {
    this.#people.close();
    this.#cursor.close();
  }

  async #sendName(name: string): Promise<void> {
    try {
      const reply = parseReply(await this.#transport.request(BoardEvent.name, name), parseRenamed);
      if ("error" in reply && reply.error.code === "bad-name") this.#onRefused(reply.error);
    } catch {
      // There is no connection: the next one joins under this name.
    }
  }

  #hearPeople(value: unknown): void {
    const people = parsePeople(value);
    if (people) this.#people.heard(people);
  }

  #hearCursors(text: unknown): void {
    if (typeof text !== "string") return;
    this.#people.moved(parseCursors(text).filter(({ id }) => id !== this.#transport.id));
    this.cursorsChanged.emit();
  }
}
