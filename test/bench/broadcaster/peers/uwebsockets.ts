// uWebSockets as its own examples use it: clients subscribe to a topic, the API publishes to it.
import { createRequire } from "node:module";

interface App {
  ws(path: string, behavior: { idleTimeout: number; open(client: { subscribe(topic: string): void }): void }): App;
  get(path: string, handler: (response: HttpResponse, request: { getQuery(name: string): string }) => void): App;
  publish(topic: string, message: string, isBinary: boolean): boolean;
  listen(host: string, port: number, listening: (socket: object) => void): App;
}

interface HttpResponse {
  writeHeader(name: string, value: string): HttpResponse;
  end(body: string): HttpResponse;
}

interface UWebSockets {
  App(): App;
  us_socket_local_port(socket: object): number;
}

const TOPIC = "feed";

const uWebSockets: UWebSockets = createRequire(import.meta.url)(process.env.UWEBSOCKETS ?? "uwebsockets");
let revision = 0;
const app = uWebSockets.App();

app.ws("/ws", { idleTimeout: 0, open: (client) => client.subscribe(TOPIC) });
app.get("/api", (response, request) => {
  revision += 1;
  const id = request.getQuery("id");
  const value = request.getQuery("value");
  app.publish(TOPIC, JSON.stringify({ id, value, revision, at: Date.now() }), false);
  response.writeHeader("Content-Type", "application/json").end(JSON.stringify({ revision }));
});
app.listen("127.0.0.1", 0, (socket) => {
  console.log(JSON.stringify({ port: uWebSockets.us_socket_local_port(socket) }));
});
