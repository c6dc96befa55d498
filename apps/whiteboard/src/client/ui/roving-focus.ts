const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Makes a toolbar one stop of the Tab key: arrow keys, Home and End go along its controls (WAI-ARIA, toolbar). */
export class RovingFocus {
  readonly #toolbar: HTMLElement;

  constructor(toolbar: HTMLElement) {
    this.#toolbar = toolbar;
    this.#stopAt(this.#controls[0]);
    toolbar.addEventListener("focusin", ({ target }) => {
      if (target instanceof HTMLElement) this.#stopAt(target);
    });
    toolbar.addEventListener("keydown", (event) => this.#press(event));
  }

  get #controls(): HTMLElement[] {
    return [...this.#toolbar.querySelectorAll<HTMLElement>("button, input")];
  }

  #stopAt(stop: HTMLElement | undefined): void {
    for (const control of this.#controls) control.tabIndex = control === stop ? 0 : -1;
  }

  #press(event: KeyboardEvent): void {
    if (!(event.target instanceof HTMLElement)) return;
    const controls = this.#controls;
    const index = controls.indexOf(event.target);
    const step = STEPS[event.key];
    let next: HTMLElement | undefined;
    if (step) next = controls[(index + step + controls.length) % controls.length];
    else if (event.key === "Home") next = controls[0];
    else if (event.key === "End") next = controls.at(-1);
    if (!next || index < 0) return;
    event.preventDefault();
    next.focus();
  }
}
