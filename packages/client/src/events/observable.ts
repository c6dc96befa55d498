import { Emitter } from "./emitter.ts";

/** A value with listeners for its changes. Values are compared as JSON. */
export class Observable<T> {
  readonly changed = new Emitter<[T]>();
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (JSON.stringify(value) === JSON.stringify(this.#value)) return;
    this.#value = value;
    this.changed.emit(value);
  }
}
