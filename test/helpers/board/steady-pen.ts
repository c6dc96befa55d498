import type { ItemId } from "@crosspod/protocol";
import { BoardPerson } from "./board-person.ts";
import { StrokeSeries } from "./stroke-series.ts";

/** Somebody who draws one stroke after the other on the default board. Disposing of it leaves at once. */
export class SteadyPen implements Disposable {
  /** Who draws. */
  readonly person: BoardPerson;
  readonly #series: StrokeSeries;

  /** Starts at once. */
  constructor(url: string) {
    this.person = new BoardPerson(url);
    this.#series = new StrokeSeries(this.person.client);
  }

  /** The points of what was drawn, as text, by their items. */
  get strokes(): ReadonlyMap<ItemId, string> {
    return this.#series.strokes;
  }

  /** Ends the stroke. Resolves when everything is saved; the person stays and looks. */
  async rest(): Promise<void> {
    await this.#series.stop();
    await this.person.untilSaveState("saved");
  }

  /** Ends the stroke. Resolves when everything is saved and the person has left. */
  async stop(): Promise<void> {
    await this.rest();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    void this.#series.stop();
    this.person[Symbol.dispose]();
  }
}
