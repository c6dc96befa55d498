import { type BoardClient, sanitizeName } from "@crosspod/client";
import { createElement, elementById } from "@crosspod/page";
import type { Person } from "@crosspod/protocol";
import { initials, personColor } from "../render/person-color.ts";
import { keepPersonName } from "./person-name.ts";

/** So many badges are on the button; the others are a number. */
const MAX_BADGES = 3;

/** Who is on the board, and what this person is called. */
export function bindPeopleList(client: BoardClient): void {
  const field = elementById("own-name", HTMLInputElement);
  const rename = (): void => {
    const name = sanitizeName(field.value) || client.presence.name;
    field.value = name;
    if (name === client.presence.name) return;
    keepPersonName(name);
    client.presence.rename(name);
    show(client);
  };
  field.value = client.presence.name;
  field.addEventListener("change", rename);
  elementById("name-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    rename();
  });
  client.presence.onPeople(() => show(client));
  client.onState(() => show(client));
  show(client);
}

function show(client: BoardClient): void {
  const people = inOrder(client);
  const count = people.length;
  const badges = elementById("people-badges", HTMLElement);
  badges.dataset.others = count > 1 ? `+${count - 1}` : "";
  badges.replaceChildren(...people.slice(0, MAX_BADGES).map(createBadge));
  if (count > MAX_BADGES) badges.append(createElement("span", "badge more", `+${count - MAX_BADGES}`));
  elementById("people-label", HTMLElement).textContent = count === 1 ? "1 person is here" : `${count} people are here`;
  elementById("people-list", HTMLElement).replaceChildren(...people.map(createRow));
}

/** Oneself first, with or without a connection, then the others by name. */
function inOrder({ presence: { people, selfId = "", name } }: BoardClient): Person[] {
  const others = people.filter(({ id }) => id !== selfId);
  return [{ id: selfId, name }, ...others.sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1))];
}

function createRow(person: Person, index: number): HTMLLIElement {
  const row = createElement("li", "", createBadge(person), createElement("span", "name", person.name));
  if (index === 0) row.append(createElement("span", "you", "you"));
  return row;
}

function createBadge({ id, name }: Person): HTMLElement {
  const badge = createElement("span", "badge", initials(name));
  badge.style.setProperty("--person", personColor(id));
  badge.ariaHidden = "true";
  return badge;
}
