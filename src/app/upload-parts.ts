/** The parts of the upload use case, as the settings ask for them. */

import type { Logger } from "pino";
import {
  createThrottle,
  openSharedThrottle,
  processRecords,
  type RecordOptions,
  type RecordProcessor,
  startRecordPool,
  type Throttle,
  type UploadLimits,
} from "../ingest/index.ts";
import type { Settings } from "./settings-table.ts";
import type { Teardown } from "./teardown.ts";
import { validationOptions } from "./validation-options.ts";

/** Processes bodies on this thread, or on as many others as the settings say. */
export function openProcessor(
  settings: Settings,
  log: Logger,
  teardown: Teardown,
): RecordProcessor {
  const records: RecordOptions = {
    validation: validationOptions(settings),
    unrevoke: settings["upload.unrevoke"],
    acceptAnyArrayKeyV3: settings["upload.acceptAnyArrayKey.v3"],
    depthMax: settings["upload.depthMax"],
  };
  const threads = settings["server.workers"];
  if (threads === 0) {
    return async (job) => processRecords(job, records);
  }
  const pool = startRecordPool({
    records,
    threads,
    onFault: (cause) =>
      log.error({ err: cause }, "a validating thread broke down and is started again"),
  });
  teardown.push(() => pool.close());
  return pool.process;
}

/** The throttle that the settings ask for; undefined when it is off. */
export async function openThrottle(
  settings: Settings,
  log: Logger,
  teardown: Teardown,
): Promise<Throttle | undefined> {
  if (settings["throttle.mode"] === "off") {
    return undefined;
  }
  const url = settings["throttle.sharedUrl"];
  if (url === "") {
    return createThrottle();
  }
  const shared = await openSharedThrottle({
    url,
    onStateChange: (isUp, cause) => {
      if (isUp) {
        log.info("the shared throttle is back");
      } else {
        log.warn(
          { err: cause },
          "the shared throttle can't be reached: this server counts for itself",
        );
      }
    },
  });
  teardown.push(() => shared.close());
  return shared;
}

/** The limits that hold for a client id. */
export function limitsOf(settings: Settings): (appId: string) => UploadLimits {
  const general: UploadLimits = {
    requestsPerMinute: settings["throttle.requestsPerMinute"],
    objectsPerRequest: settings["throttle.objectsPerRequest"],
  };
  const own = new Map(
    Object.entries(settings["throttle.applications"]).map(([appId, limits]) => [
      appId.toLowerCase(),
      { ...general, ...limits },
    ]),
  );
  return (appId) => own.get(appId.toLowerCase()) ?? general;
}
