import type { BoardClient } from "@crosspod/client";
import { createElement } from "@crosspod/page";
import type { Person } from "@crosspod/protocol";
import { Frame } from "./frame.ts";
import { personColor } from "./person-color.ts";
import type { Viewport } from "./viewport.ts";

const ARROW = "M1 1l5.2 14.2 2.3-5.9 5.9-2.3z";

/** The pointers of the others, each with its person's name. */
export class CursorLayer {
  readonly #layer = createElement("div", "cursors");
  readonly #client: BoardClient;
  readonly #viewport: Viewport;
  readonly #elements = new Map<string, HTMLElement>();
  readonly #frame = new Frame(() => this.#paint());

  constructor(stage: HTMLElement, client: BoardClient, viewport: Viewport) {
    this.#client = client;
    this.#viewport = viewport;
    this.#layer.ariaHidden = "true";
    stage.append(this.#layer);
    client.presence.onCursors(() => this.#frame.request());
    client.presence.onPeople(() => this.#frame.request());
    viewport.onChange(() => this.#frame.request());
  }

  #paint(): void {
    const { people, cursors, selfId } = this.#client.presence;
    const shown = people.filter(({ id }) => id !== selfId && cursors.has(id));
    const ids = new Set(shown.map(({ id }) => id));
    for (const [id, element] of this.#elements) {
      if (ids.has(id)) continue;
      element.remove();
      this.#elements.delete(id);
    }
    for (const person of shown) this.#paintOne(person);
  }

  #paintOne(person: Person): void {
    const place = this.#client.presence.cursors.get(person.id);
    if (!place) return;
    const { x, y } = this.#viewport.view.toStage(place);
    const element = this.#elements.get(person.id) ?? this.#create(person);
    element.style.transform = `translate(${x}px, ${y}px)`;
    const label = element.lastElementChild;
    if (label && label.textContent !== person.name) label.textContent = person.name;
  }

  #create(person: Person): HTMLElement {
    const element = createElement("div", "cursor");
    element.style.setProperty("--person", personColor(person.id));
    element.append(createArrow(), createElement("span", "", person.name));
    this.#elements.set(person.id, element);
    this.#layer.append(element);
    return element;
  }
}

function createArrow(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 16 17");
  path.setAttribute("d", ARROW);
  svg.append(path);
  return svg;
}
