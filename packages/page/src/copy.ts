/** How long a label says that a text was copied. */
const SHOWN_MS = 2_000;

/** Copies a text and says so on a label; where no page may copy, `select` marks it for the person: "Selected". */
export async function copyText(text: string, label: HTMLElement, select: () => void): Promise<void> {
  label.textContent = (await copy(text, select)) ? "Copied" : "Selected";
  setTimeout(() => {
    label.textContent = "Copy";
  }, SHOWN_MS);
}

async function copy(text: string, select: () => void): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Over plain http, as behind a gateway without TLS, a page has no clipboard; this older way it still has.
    select();
    return document.execCommand("copy");
  }
}
