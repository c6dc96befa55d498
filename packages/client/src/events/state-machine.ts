/** For each state, where each event leads. An event that is not listed means nothing in that state. */
export type Transitions<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** Is in one state of a table of transitions at a time. */
export class StateMachine<State extends string, Event extends string> {
  readonly #transitions: Transitions<State, Event>;
  #state: State;

  constructor(transitions: Transitions<State, Event>, initial: State) {
    this.#transitions = transitions;
    this.#state = initial;
  }

  get state(): State {
    return this.#state;
  }

  /** Goes where the table says; false, and nothing changes, where the event means nothing. */
  handle(event: Event): boolean {
    const next = this.#transitions[this.#state][event];
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}
