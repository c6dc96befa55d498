import { MemoryBoardStore } from "../../apps/whiteboard/src/server/store/memory-board-store.ts";
import { describeBoardStore } from "./board-store.contract.ts";

describeBoardStore("a store in memory", async (options) => new MemoryBoardStore({ maxBoards: 1_000, ...options }));
