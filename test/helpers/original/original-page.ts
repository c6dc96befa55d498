import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";

const IDS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

const ROWS = IDS.map((id) => `<tr id="row${id}"><td>${id}</td><td id="${id}">0</td></tr>`).join("");

/**
 * Does with a message what the original example's page does: takes each one for an update of a cell that is there. What
 * it throws is kept for the test to see.
 */
const script = (feedUrl: string): string => `
  window.mistakes = [];
  window.onerror = (message) => { window.mistakes.push(message); };
  const ws = new WebSocket(${JSON.stringify(feedUrl)});
  ws.onopen = () => { document.title = "open"; };
  ws.onmessage = (event) => {
    const json = JSON.parse(event.data);
    document.getElementById(json.id).textContent = json.value;
    document.getElementById("row" + json.id).className = json.value > 500 ? "error" : json.value > 200 ? "warning" : "success";
  };`;

/** A stand-in of the original example's page, served by itself. Disposing of it frees its port. */
export interface OriginalPage extends AsyncDisposable {
  readonly url: string;
}

/** Serves a page that shows the feed of the broadcaster at `url`, in the way of the original example's. */
export async function serveOriginalPage({ url }: { readonly url: string }): Promise<OriginalPage> {
  const feedUrl = new URL("/ws", url.replace("http", "ws")).href;
  const html = `<!doctype html><table>${ROWS}</table><script>${script(feedUrl)}</script>`;
  const server = createServer((_request, response) => response.setHeader("Content-Type", "text/html").end(html));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await promisify(server.close.bind(server))();
    },
  };
}
