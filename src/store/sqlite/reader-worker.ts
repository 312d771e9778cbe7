/** The thread that reads: each question is answered from one unchanging state of the database. */

import assert from "node:assert/strict";
import { parentPort, workerData } from "node:worker_threads";
import type { ReceiptReader, VersionReader } from "../engine-rows.ts";
import {
  type Call,
  type Reply,
  refusalData,
  replyOf,
  type WorkerMessage,
} from "../worker-protocol.ts";
import { type ConnectionOptions, openReaderConnection } from "./connection.ts";
import { createReceiptReader } from "./receipt-reader.ts";
import { inSnapshot, refusalFor } from "./transaction.ts";
import { createVersionReader } from "./version-reader.ts";

/** What the reader answers to. */
export interface ReaderMethods extends VersionReader, ReceiptReader {}

const port = parentPort;
assert(port, "the reader runs in a worker thread");

function say(message: WorkerMessage): void {
  port?.postMessage(message);
}

try {
  serve(workerData as ConnectionOptions);
} catch (error) {
  say({ kind: "failed", refusal: refusalData(refusalFor(error)) });
}

function serve(options: ConnectionOptions): void {
  const database = openReaderConnection(options);
  const methods: ReaderMethods = {
    ...createVersionReader(database),
    ...createReceiptReader(database),
  };

  function answer({ call, method, args }: Call): Reply {
    const read = methods[method as keyof ReaderMethods] as (...args: unknown[]) => unknown;
    return replyOf(call, () => inSnapshot(database, () => read(...args)), refusalFor);
  }

  port?.on("message", (call: Call) => {
    if (call.method === "close") {
      database.close();
      port?.close();
      return;
    }
    say({ kind: "replies", replies: [answer(call)] });
  });
  say({ kind: "ready", value: undefined });
}
