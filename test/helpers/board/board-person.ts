import { BoardClient, type BoardClientOptions, type ConnectionState, type SaveState } from "@crosspod/client";
import { encodeItems, type Item, type Point } from "@crosspod/protocol";
import { DEADLINE_MS } from "../deadline.ts";

const STYLE = { color: "000000", width: 32, pressure: false } as const;

/** Somebody at a board, with the client that the page has. Disposing of it closes the client. */
export class BoardPerson implements Disposable {
  readonly client: BoardClient;
  readonly saveStates: SaveState[] = [];

  constructor(url: string, options: Partial<BoardClientOptions> = {}) {
    this.client = new BoardClient({ url, board: "default", name: "somebody", ...options });
    this.client.onSaveState((saveState) => this.saveStates.push(saveState));
    this.client.open();
  }

  /** The board as this person sees it, as text: equal for all who see the same. */
  get board(): string {
    return encodeItems(this.items);
  }

  get items(): Item[] {
    return [...this.client.view.items()];
  }

  /** Draws a stroke through some points, at once. */
  draw(...[first, ...rest]: readonly [Point, ...Point[]]): void {
    const stroke = this.client.beginStroke(STYLE, first);
    stroke.extend(rest);
    stroke.end();
  }

  /** Resolves when the connection is in a state. */
  untilState(state: ConnectionState): Promise<void> {
    return this.until(`the state ${state}`, () => this.client.state === state);
  }

  untilSaveState(state: SaveState["state"]): Promise<void> {
    return this.until(`the save state ${state}`, () => this.client.saveState.state === state);
  }

  /** Resolves when so many items are on the board. */
  untilItems(count: number): Promise<void> {
    return this.until(`${count} items`, () => this.items.length === count);
  }

  /** Resolves when something is so, which is looked at after each change of the board and of the connection. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!isSo()) return;
        end();
        resolve();
      };
      const subscriptions = [this.client.onState(look), this.client.onSaveState(look), this.client.view.onChange(look)];
      const timer = setTimeout(() => {
        end();
        const { state, saveState } = this.client;
        reject(
          new Error(`${what} did not come; it is ${state}, ${JSON.stringify(saveState)}, ${this.items.length} items`),
        );
      }, DEADLINE_MS);
      const end = (): void => {
        clearTimeout(timer);
        for (const unsubscribe of subscriptions) unsubscribe();
      };
    });
  }

  [Symbol.dispose](): void {
    this.client.close();
  }
}
