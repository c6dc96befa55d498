import { type Announcer, createElement } from "@crosspod/page";
import type { Update } from "@crosspod/protocol";
import { copyText } from "./clipboard.ts";
import { curlCommand, EXAMPLE_UPDATES } from "./curl-command.ts";

const COPIED_SHOWN_MS = 2_000;

/** The curl commands of Istio's tutorial for this service, each with a button that copies it. */
export class CommandList {
  readonly #list: HTMLElement;
  readonly #announcer: Announcer;

  constructor(list: HTMLElement, announcer: Announcer) {
    this.#list = list;
    this.#announcer = announcer;
    this.show({ needsToken: false });
  }

  show({ needsToken }: { readonly needsToken: boolean }): void {
    this.#list.replaceChildren(...EXAMPLE_UPDATES.map((update) => this.#item(update, needsToken)));
  }

  #item(update: Update, needsToken: boolean): HTMLLIElement {
    const item = createElement("li", "");
    const command = createElement("code", "", curlCommand(location.origin, update, needsToken));
    const button = createElement("button", "copy");
    const label = createElement("span", "", "Copy");
    button.type = "button";
    button.append(label, createElement("span", "visually-hidden", ` the command for id ${update.id}`));
    button.addEventListener("click", () => this.#copy(command, label));
    item.append(command, button);
    return item;
  }

  async #copy(command: HTMLElement, label: HTMLElement): Promise<void> {
    const copied = await copyText(command);
    label.textContent = copied ? "Copied" : "Selected";
    this.#announcer.say(`Command ${label.textContent.toLowerCase()}`);
    setTimeout(() => {
      label.textContent = "Copy";
    }, COPIED_SHOWN_MS);
  }
}
