import { elementById } from "@crosspod/page";
import type { FieldError, Update } from "@crosspod/protocol";
import { Field } from "./field.ts";
import { type PublishResult, publish } from "./publish.ts";
import { isToken, storedToken, storeToken } from "./token.ts";

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
  constructor(form: HTMLFormElement, onTokenNeeded: () => void) {
    this.#onTokenNeeded = onTokenNeeded;
    const token = storedToken();
    if (token) this.#showTokenField(token);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
  }

  async #submit(): Promise<void> {
    if (this.#sending) return;
    for (const field of [this.#id, this.#value, this.#token]) field.clearError();
    const token = this.#tokenField.hidden ? "" : this.#token.value;
    if (token && !isToken(token)) return this.#token.showError("A token has no spaces and no accented letters.");
    const update = { id: this.#id.value, value: this.#value.value };
    this.#sending = true;
    this.#outcome.textContent = "Sending…";
    const result = await publish(update, token);
    this.#sending = false;
    if (token && result.kind !== "unauthorized" && result.kind !== "unreachable") storeToken(token);
    this.#outcome.textContent = "";
    this.#show(result, update);
  }

  #show(result: PublishResult, { id, value }: Update): void {
    switch (result.kind) {
      case "committed": {
        const revision = result.revision === undefined ? "" : `, revision ${result.revision}`;
        this.#outcome.textContent = `Sent ${id} = ${value}${revision}`;
        this.#value.selectIfFocused();
        return;
      }
      case "unauthorized":
        this.#showTokenField(this.#token.value);
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
    this.#token.value = token;
    this.#onTokenNeeded();
  }
}
