/// <reference path="./lua.d.ts" />
export * from "./batch.ts";
export * from "./connection.ts";
export * from "./log-follower.ts";
export * from "./pairs.ts";
export * from "./settings.ts";
export * from "./subscription-probe.ts";
export * from "./subscriptions.ts";
