export * from "./announcer.ts";
export * from "./element.ts";
export * from "./wake.ts";
