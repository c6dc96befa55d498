import { type Announcer, copyText, createElement } from "@crosspod/page";
import type { Update } from "@crosspod/protocol";
import { curlCommand, EXAMPLE_UPDATES } from "./curl-command.ts";

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
    await copyText(command.textContent, label, () => getSelection()?.selectAllChildren(command));
    this.#announcer.say(`Command ${label.textContent.toLowerCase()}`);
  }
}
