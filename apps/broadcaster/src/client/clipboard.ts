/** Copies an element's text. Resolves with false where the browser does not let the page: the text is then selected for the person to copy. */
export async function copyText(element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    // Browsers have no clipboard for a page over plain http, as behind a gateway without TLS; this older way they still have.
    getSelection()?.selectAllChildren(element);
    return document.execCommand("copy");
  }
}
