import type { BoardClient } from "@crosspod/client";
import { createElement, elementById, inNextFrame } from "@crosspod/page";
import { personColor } from "./person-color.ts";
import type { Vector } from "./vector.ts";
import type { Viewport } from "./viewport.ts";

/** Shows the pointers of the others, each with its person's name. */
export function bindCursors(stage: HTMLElement, client: BoardClient, viewport: Viewport): void {
  const layer = createElement("div", "cursors");
  const elements = new Map<string, HTMLElement>();
  const requestShow = inNextFrame(() => {
    const { people, cursors, selfId } = client.presence;
    const shown = people.filter(({ id }) => id !== selfId && cursors.has(id));
    removeOthers(elements, new Set(shown.map(({ id }) => id)));
    for (const { id, name } of shown) {
      const element = elements.get(id) ?? createCursor(id);
      show(element, name, viewport.view.toStage(cursors.get(id) ?? { x: 0, y: 0 }));
      if (!element.isConnected) layer.append(element);
      elements.set(id, element);
    }
  });
  layer.ariaHidden = "true";
  stage.append(layer);
  client.presence.onCursors(requestShow);
  client.presence.onPeople(requestShow);
  viewport.onChange(requestShow);
}

function removeOthers(elements: Map<string, HTMLElement>, shown: ReadonlySet<string>): void {
  for (const [id, element] of elements) {
    if (shown.has(id)) continue;
    element.remove();
    elements.delete(id);
  }
}

function show(element: HTMLElement, name: string, { x, y }: Vector): void {
  const label = element.lastElementChild;
  element.style.transform = `translate(${x}px, ${y}px)`;
  if (label && label.textContent !== name) label.textContent = name;
}

function createCursor(id: string): HTMLElement {
  const { content } = elementById("cursor-parts", HTMLTemplateElement);
  const element = createElement("div", "cursor", content.cloneNode(true));
  element.style.setProperty("--person", personColor(id));
  return element;
}
