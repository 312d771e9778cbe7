/** What the engine does by itself now and then: due rows appear again, old logs go, wanted copies are made. */

import type { Follower } from "./follower.ts";
import type { Logs } from "./logs.ts";
import { answerCopyRequest, COPY_LOOK_MS, isCopyWanted } from "./logs-copy.ts";
import { messageOf } from "./message-of.ts";
import type { MirrorNotice } from "./mirror.ts";
import { STORED_TABLE } from "./names.ts";
import type { EngineConfig } from "./protocol.ts";
import { republishSql } from "./republish.ts";
import type { Serial } from "./serial.ts";
import type { Workspaces } from "./workspaces.ts";

/** How often rows that are due appear again, and logs that are too old go. */
const MAINTENANCE_MS = 3_600_000;

/** What is looked after. */
export interface UpkeepParts {
  readonly config: EngineConfig;
  readonly workspaces: Workspaces;
  readonly follower: Follower;
  readonly logs: Logs;
  /** Log rows, the views of their tables and copies follow one another. */
  readonly logWrites: Serial;
}

/** The upkeep under way. */
export interface Upkeep {
  /** Does at once what is done each hour. */
  readonly now: () => void;
  readonly stop: () => void;
}

/** Starts looking after an engine. */
export function startUpkeep(parts: UpkeepParts, onNotice: (notice: MirrorNotice) => void): Upkeep {
  async function attempt(work: () => Promise<void>, fault: string): Promise<void> {
    try {
      await work();
    } catch (error) {
      onNotice({ level: "error", message: `${fault}: ${messageOf(error)}` });
    }
  }

  const maintenance = (): void =>
    void attempt(() => maintain(parts), "The mirror's upkeep failed and is tried again in an hour");
  const copying = (): void =>
    void attempt(() => copyIfWanted(parts), "The uploaded logs could not be copied");
  const timers = [setInterval(maintenance, MAINTENANCE_MS), setInterval(copying, COPY_LOOK_MS)];
  return {
    now: maintenance,
    stop: () => {
      for (const timer of timers) {
        clearInterval(timer);
      }
    },
  };
}

async function maintain({
  config,
  workspaces,
  follower,
  logs,
  logWrites,
}: UpkeepParts): Promise<void> {
  const now = new Date().toISOString();
  for (const workspaceId of workspaces.known) {
    for (const table of Object.values(STORED_TABLE)) {
      const sql = republishSql({ workspaceId, table, days: config.republishDays });
      await follower.update(sql, now);
    }
  }
  await logWrites(() => logs.retain(config.logs, now));
}

async function copyIfWanted({ config, logs, logWrites }: UpkeepParts): Promise<void> {
  if (isCopyWanted(config.directory)) {
    await logWrites(async () => {
      if (isCopyWanted(config.directory)) {
        await answerCopyRequest(config.directory, () => logs.checkpoint());
      }
    });
  }
}
