export * from "./close-code.ts";
export * from "./feed-message.ts";
export * from "./problem.ts";
export * from "./update.ts";
