import { elementById, Field, storedText, storeText } from "@crosspod/page";
import type { FieldError, Update } from "@crosspod/protocol";
import { type PublishResult, publish } from "./publish.ts";

/** The bearer token of this tab, until it is closed; where the browser keeps nothing, until the page is left. */
const TOKEN_KEY = "crosspod-token";

/** What can be sent as a token at all: visible ASCII (RFC 6750). */
const TOKEN = /^[\x21-\x7e]+$/;

/** The form that sends an update. What is wrong is said by the service, and shown at the field that it names. */
export class UpdateForm {
  readonly #id = new Field("update-id");
  readonly #value = new Field("update-value");
  readonly #token = new Field("update-token");
  readonly #tokenField = elementById("token-field", HTMLElement);
  readonly #outcome = elementById("update-outcome", HTMLElement);
  readonly #onTokenNeeded: () => void;
  #sending = false;

  /** @param onTokenNeeded hears that the service asks for a token. */
  constructor(onTokenNeeded: () => void) {
    this.#onTokenNeeded = onTokenNeeded;
    const token = storedText("sessionStorage", TOKEN_KEY);
    if (token) this.#showTokenField(token);
    elementById("update-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  async #submit(): Promise<void> {
    if (this.#sending) return;
    for (const field of [this.#id, this.#value, this.#token]) field.showError("");
    const token = this.#tokenField.hidden ? "" : this.#token.input.value;
    if (token && !TOKEN.test(token)) return this.#token.showError("A token has no spaces and no accented letters.");
    const update = { id: this.#id.input.value, value: this.#value.input.value };
    this.#sending = true;
    this.#outcome.textContent = "Sending…";
    const result = await publish(update, token);
    this.#sending = false;
    if (token && result.kind !== "unauthorized" && result.kind !== "unreachable") {
      storeText("sessionStorage", TOKEN_KEY, token);
    }
    this.#outcome.textContent = "";
    this.#show(result, update);
  }

  #show(result: PublishResult, { id, value }: Update): void {
    switch (result.kind) {
      case "appended": {
        const revision = result.revision === undefined ? "" : `, revision ${result.revision}`;
        this.#outcome.textContent = `Sent ${id} = ${value}${revision}`;
        // For the next one, if the person is still there.
        if (document.activeElement === this.#value.input) this.#value.input.select();
        return;
      }
      case "unauthorized":
        this.#showTokenField(this.#token.input.value);
        this.#token.showError(result.detail);
        return;
      case "refused":
        if (!this.#showFieldErrors(result.errors)) this.#outcome.textContent = `Not sent: ${result.detail}`;
        return;
      case "unreachable":
        this.#outcome.textContent = "Not confirmed: the service did not answer. Send it again.";
    }
  }

  /** Returns whether one of the errors has a field to be shown at. The first one gets the focus. */
  #showFieldErrors(errors: readonly FieldError[]): boolean {
    const fields = new Map([
      ["id", this.#id],
      ["value", this.#value],
    ]);
    const shown = errors.filter(({ field }) => fields.has(field)).reverse();
    for (const { field, detail } of shown) fields.get(field)?.showError(detail);
    return shown.length > 0;
  }

  #showTokenField(token: string): void {
    this.#tokenField.hidden = false;
    this.#token.input.value = token;
    this.#onTokenNeeded();
  }
}
