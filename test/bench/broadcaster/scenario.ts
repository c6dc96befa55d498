/** How a server is loaded. */
export interface Scenario {
  readonly clients: number;
  /**
   * Connections that publish back to back; `one at a time`: the next update waits until every client has the last one.
   */
  readonly publishers: "one at a time" | number;
}

export const CLIENT_COUNTS = [200, 1_000] as const;

const PUBLISHERS = ["one at a time", 8, 64] as const;

/** The scenarios with this many clients. */
export const scenariosWith = (clients: number): readonly Scenario[] =>
  PUBLISHERS.map((publishers) => ({ clients, publishers }));

/** Whether something was measured in this scenario. */
export const isOf = (measured: Scenario, { clients, publishers }: Scenario): boolean =>
  measured.clients === clients && measured.publishers === publishers;
