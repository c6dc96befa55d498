import { type Announcer, copyText, createElement, elementById } from "@crosspod/page";
import { TUTORIAL_UPDATES, type Update } from "@crosspod/protocol";

/** Shows the curl commands of Istio's tutorial for this service, each with a button that copies it. */
export function showCommands(announcer: Announcer, { needsToken }: { readonly needsToken: boolean }): void {
  const items = TUTORIAL_UPDATES.map((update) => createItem(update, needsToken, announcer));
  elementById("commands", HTMLElement).replaceChildren(...items);
}

function createItem(update: Update, needsToken: boolean, announcer: Announcer): HTMLLIElement {
  const command = createElement("code", "", curlCommand(update, needsToken));
  const label = createElement("span", "", "Copy");
  const hint = createElement("span", "visually-hidden", ` the command for id ${update.id}`);
  const button = createElement("button", "copy", label, hint);
  button.type = "button";
  button.addEventListener("click", async () => {
    await copyText(command.textContent, label, () => getSelection()?.selectAllChildren(command));
    announcer.say(`Command ${label.textContent.toLowerCase()}`);
  });
  return createElement("li", "", command, button);
}

/** The command that publishes an update from a terminal; the token itself is never part of it. */
function curlCommand({ id, value }: Update, needsToken: boolean): string {
  const url = `${location.origin}/api?${new URLSearchParams({ id, value })}`;
  const header = needsToken ? ` -H "Authorization: Bearer $API_TOKEN"` : "";
  return `curl "${url}"${header}`;
}
