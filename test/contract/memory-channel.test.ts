import { MemoryChannel } from "../../apps/broadcaster/src/server/memory-channel.ts";
import { describeChannel } from "./channel.contract.ts";

describeChannel("MemoryChannel", async (options) => new MemoryChannel(options));
