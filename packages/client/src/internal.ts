// What pages and tests of this repository use besides. It is not published: `@crosspod/client/internal` is here only.
export { Emitter } from "./events/emitter.ts";
export { Observable } from "./events/observable.ts";
export { systemClock } from "./timing/clock.ts";
