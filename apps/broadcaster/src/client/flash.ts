const FLASH_MS = 900;

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** A short light on an element when it has changed. It fades; for those who want less motion it stays as it is, and then is gone. */
export class Flash {
  readonly #element: Element;
  #animation: Animation | undefined;

  constructor(element: Element) {
    this.#element = element;
  }

  /** Lights up, or again when it still does. */
  start(): void {
    this.#animation?.cancel();
    const easing = reducedMotion.matches ? "step-end" : "ease-out";
    this.#animation = this.#element.animate([{ backgroundColor: "var(--flash)", easing }, {}], FLASH_MS);
  }
}
