export * from "./announcer.ts";
export * from "./copy.ts";
export * from "./element.ts";
export * from "./field.ts";
export * from "./next-frame.ts";
export * from "./stored-text.ts";
export * from "./visibility.ts";
