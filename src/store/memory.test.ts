/** Goal: the store in memory, on which other rooms test themselves, does what every store does. */
import { createMemoryStore } from "./memory.ts";
import { storeConformance } from "./store.conformance.ts";

storeConformance({ name: "memory", open: async () => createMemoryStore() });
