/** Copies the text of a field. Resolves with false where the browser does not let the page: the text is then selected for the person to copy. */
export async function copyField(field: HTMLInputElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Browsers have no clipboard for a page over plain http, as behind a gateway without TLS; this older way they still have.
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
