/**
 * The process that test/scenarios/store-crash.test.ts kills: appends from several callers at once, and
 * prints the id of each request as soon as it is acknowledged, in one write, so that no line is torn.
 *
 *     arguments: directory, memory mode, first request number     output: one request number a line
 */
import { writeSync } from "node:fs";
import { openSqliteStore } from "../../src/store/index.ts";
import { crashRequest } from "./store-crash-requests.ts";

const CALLERS = 8;
const [directory = "", mode = "", first = "0"] = process.argv.slice(2);
const memory = mode === "bounded" ? "bounded" : "tables";
const store = await openSqliteStore({ directory, memory });
let next = Number(first);

async function upload(): Promise<never> {
  for (;;) {
    const number = next;
    next += 1;
    await store.append(crashRequest(number));
    writeSync(1, `${number}\n`);
  }
}

await Promise.all(Array.from({ length: CALLERS }, upload));
