/**
 * The process of the query engine. It asks the system for a lower priority before the engine has a thread, offers itself
 * first where memory runs out, and ends with the server.
 */

import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import type { ToEngine } from "./protocol.ts";

/** All that the process is given of an environment: nothing of the server's own, which may hold secrets. */
export interface EngineEnvironment {
  /** Threads on which queries and the disk are waited for. */
  readonly UV_THREADPOOL_SIZE: string;
}

/** How readily the system may end this process for want of memory; 1,000 is the readiest. */
const OUT_OF_MEMORY_SCORE = "500";

function yieldToOthers(): void {
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
    if (process.platform === "linux") {
      writeFileSync("/proc/self/oom_score_adj", OUT_OF_MEMORY_SCORE);
    }
  } catch {
    // Where the system doesn't allow it, queries and uploads share the machine as equals.
  }
}

yieldToOthers();
const { createEngine } = await import("./engine.ts");
const port = {
  send: (message: unknown): void => {
    if (process.connected) {
      process.send?.(message);
    }
  },
};
const hear = createEngine(port, () => process.disconnect());
process.on("message", (message) => hear(message as ToEngine));
// The server is gone, and with it every reason to go on. What is committed is on disk.
process.on("disconnect", () => process.exit());
// A signal from the terminal reaches this process, too: the server decides when it ends.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => undefined);
port.send({ kind: "position", applied: 0, stored: 0 });
