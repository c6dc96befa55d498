/** The page's element with this id. Throws when the HTML has none of this type, which is a mistake in the HTML. */
export function elementById<T extends Element>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`the page has no ${type.name} #${id}`);
}

/** A new element with a class and what is inside of it; a text is never read as markup. */
export function createElement<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}

/** Shows one fact, such as `#pod` in its `#pod-fact`, which is hidden while there is no such fact. */
export function showFact(id: string, text: string | undefined): void {
  elementById(`${id}-fact`, HTMLElement).hidden = text === undefined;
  elementById(id, HTMLElement).textContent = text ?? "";
}
