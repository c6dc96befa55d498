export * from "./board.ts";
export * from "./feed.ts";
