/** Several clients of one kind. Disposing of it closes them all. */
export class Crowd<T extends Disposable> implements Disposable {
  readonly all: readonly T[];

  constructor(all: readonly T[]) {
    this.all = all;
  }

  /** Opens so many at the same time; when one fails, none stays open. */
  static async open<T extends Disposable>(size: number, open: () => Promise<T>): Promise<Crowd<T>> {
    const results = await Promise.allSettled(Array.from({ length: size }, open));
    const crowd = new Crowd(results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
    const failed = results.find((result) => result.status === "rejected");
    if (!failed) return crowd;
    crowd[Symbol.dispose]();
    throw failed.reason;
  }

  [Symbol.dispose](): void {
    for (const client of this.all) client[Symbol.dispose]();
  }
}
