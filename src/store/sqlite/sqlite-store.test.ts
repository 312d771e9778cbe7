/** Goal: the store on SQLite does what every store does, in a directory that it makes itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { storeConformance } from "../store.conformance.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const root = mkdtempSync(join(tmpdir(), "stixgate-store-"));
after(() => rmSync(root, { recursive: true, force: true }));

storeConformance({
  name: "sqlite",
  open: () => openSqliteStore({ directory: join(root, "conformance", "data") }),
});
