import { MemoryFeedStore } from "../../apps/broadcaster/src/server/store/memory-feed-store.ts";
import { describeFeedStore } from "./feed-store.contract.ts";

describeFeedStore("MemoryFeedStore", async (options) => new MemoryFeedStore(options));
