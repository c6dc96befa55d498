/** Runs one function in the next animation frame, once, however often it was asked for. In a hidden page it waits. */
export class Frame {
  readonly #run: (now: number) => void;
  #id: number | undefined;

  constructor(run: (now: number) => void) {
    this.#run = run;
  }

  request(): void {
    this.#id ??= requestAnimationFrame((now) => {
      this.#id = undefined;
      this.#run(now);
    });
  }
}
