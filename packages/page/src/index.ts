export * from "./announcer.ts";
export * from "./copy.ts";
export * from "./element.ts";
export * from "./wake.ts";
