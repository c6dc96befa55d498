import { pluralize } from "../format/pluralize.ts";
import { Fleet, type FleetOptions } from "./fleet.ts";
import { OriginalDrawer } from "./original-drawer.ts";
import type { WatchReport } from "./watch-report.ts";

/** How long what is still on its way is waited for, at the end. */
const SETTLE_MS = 3_000;

/** People with the original example's page. Its server keeps nothing: each segment must reach each of the others. */
export class OriginalFleet extends Fleet<OriginalDrawer> {
  #drawn = 0;

  constructor(options: FleetOptions) {
    super(options, (index) => new OriginalDrawer(options.target, index / options.clients));
  }

  get traffic(): string {
    return `as the original example's, which keep nothing: ${pluralize(this.options.rate, "segment")} a second`;
  }

  protected send(sender: number): void {
    this.#drawn += 1;
    this.members[sender]?.draw(this.#drawn);
  }

  protected async compare(): Promise<void> {
    const missing = (): number => this.#drawn * (this.members.length - 1) - this.report().received;
    await this.members[0]?.changes.within(SETTLE_MS, () => missing() === 0);
    this.lost = missing();
  }

  protected counts(): Pick<WatchReport, "taken"> {
    return { taken: this.#drawn };
  }
}
