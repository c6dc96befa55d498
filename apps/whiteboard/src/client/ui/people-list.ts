import { type BoardClient, sanitizeName } from "@crosspod/client";
import { createElement, elementById } from "@crosspod/page";
import type { Person } from "@crosspod/protocol";
import { initials, personColor } from "../render/person-color.ts";
import { storePersonName } from "./person-name.ts";

/** So many badges are on the button; the others are a number. */
const MAX_BADGES = 3;

/** Who is on the board, and what this person is called. */
export class PeopleList {
  readonly #client: BoardClient;
  readonly #badges = elementById("people-badges", HTMLElement);
  readonly #label = elementById("people-label", HTMLElement);
  readonly #list = elementById("people-list", HTMLElement);
  readonly #field = elementById("own-name", HTMLInputElement);

  constructor(client: BoardClient) {
    this.#client = client;
    this.#field.value = client.presence.name;
    elementById("name-form", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.#rename();
    });
    this.#field.addEventListener("change", () => this.#rename());
    client.presence.onPeople(() => this.#show());
    client.onState(() => this.#show());
    this.#show();
  }

  #rename(): void {
    const name = sanitizeName(this.#field.value) || this.#client.presence.name;
    this.#field.value = name;
    if (name === this.#client.presence.name) return;
    storePersonName(name);
    this.#client.presence.rename(name);
    this.#show();
  }

  #show(): void {
    const people = this.#inOrder();
    this.#badges.dataset.others = people.length > 1 ? `+${people.length - 1}` : "";
    const more = people.length - MAX_BADGES;
    this.#badges.replaceChildren(...people.slice(0, MAX_BADGES).map(({ id, name }) => createBadge(id, name)));
    if (more > 0) this.#badges.append(createElement("span", "badge more", `+${more}`));
    this.#label.textContent = people.length === 1 ? "1 person is here" : `${people.length} people are here`;
    this.#list.replaceChildren(...people.map((person) => this.#createRow(person)));
  }

  /** Oneself first, with or without a connection, then the others by name. */
  #inOrder(): Person[] {
    const { people, selfId = "", name } = this.#client.presence;
    const others = people.filter(({ id }) => id !== selfId);
    return [{ id: selfId, name }, ...others.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))];
  }

  #createRow({ id, name }: Person): HTMLLIElement {
    const row = createElement("li", "");
    row.append(createBadge(id, name), createElement("span", "name", name));
    if (id === (this.#client.presence.selfId ?? "")) row.append(createElement("span", "you", "you"));
    return row;
  }
}

function createBadge(id: string, name: string): HTMLElement {
  const badge = createElement("span", "badge", initials(name));
  badge.style.setProperty("--person", personColor(id));
  badge.ariaHidden = "true";
  return badge;
}
