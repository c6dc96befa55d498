import { describe, expect, test } from "vitest";
import { StateMachine, type Transitions } from "../events/state-machine.ts";
import {
  connectionState,
  LINK_TRANSITIONS,
  type LinkState,
  SENDER_TRANSITIONS,
  SYNC_TRANSITIONS,
  type SyncState,
} from "./board-states.ts";

type Table = Transitions<string, string>;

const statesOf = (table: Table): string[] => Object.keys(table);
const eventsOf = (table: Table): string[] => [
  ...new Set(Object.values(table).flatMap((transitions) => Object.keys(transitions))),
];

const TABLES: [string, Table, string][] = [
  ["link", LINK_TRANSITIONS, "idle"],
  ["sync", SYNC_TRANSITIONS, "offline"],
  ["sender", SENDER_TRANSITIONS, "closed"],
];

const ROWS = TABLES.flatMap(([name, table]) =>
  statesOf(table).flatMap((state) =>
    eventsOf(table).map((event) => ({ name, table, state, event, next: table[state]?.[event] })),
  ),
);

describe("the states of a board's client", () => {
  test.each(ROWS)("[W10] $name: $event leads from $state to $next", ({ table, state, event, next }) => {
    const machine = new StateMachine(table, state);
    expect(machine.handle(event)).toBe(next !== undefined);
    expect(machine.state).toBe(next ?? state);
  });

  test.each(TABLES)("[W10] %s: every state can be reached, and leads somewhere known", (_, table, initial) => {
    const reached = new Set([initial]);
    for (const state of reached) for (const next of Object.values(table[state] ?? {})) reached.add(next ?? "");
    expect([...reached].sort()).toEqual(statesOf(table).sort());
  });

  test("[W10] [W14] whatever happens, what is lost or closed is left, and what is closed stays so", () => {
    expect(LINK_TRANSITIONS.closed).toEqual({});
    for (const link of ["idle", "connecting", "connected", "reconnecting"] as const) {
      expect(LINK_TRANSITIONS[link].close).toBe("closed");
    }
    for (const sync of ["joining", "live", "waiting", "outdated"] as const) {
      expect(SYNC_TRANSITIONS[sync].disconnect).toBe("offline");
    }
    for (const sender of ["sending", "throttled", "pausing"] as const) {
      expect(SENDER_TRANSITIONS[sender].close).toBe("closed");
    }
  });

  test("[W10] are shown as one: live only where the stream is followed over a connection", () => {
    const shown = statesOf(LINK_TRANSITIONS).flatMap((link) =>
      statesOf(SYNC_TRANSITIONS).map((sync) => [link, sync, connectionState(link as LinkState, sync as SyncState)]),
    );
    const whileConnected = shown.filter(([link]) => link === "connected").map(([, sync, state]) => [sync, state]);
    expect(Object.fromEntries(whileConnected)).toEqual({
      offline: "catching-up",
      joining: "catching-up",
      live: "live",
      waiting: "catching-up",
      outdated: "catching-up",
    });
    const otherwise = shown.filter(([link]) => link !== "connected").map(([link, , state]) => [link, state]);
    expect(Object.fromEntries(otherwise)).toEqual({
      idle: "connecting",
      connecting: "connecting",
      reconnecting: "reconnecting",
      closed: "closed",
    });
  });
});
