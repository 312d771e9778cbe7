/**
 * `npm run test:crash`: the crash tests of the embedded store with hundreds of kills in each memory mode, instead
 * of the dozen of every test run. STIXGATE_CRASH_KILLS chooses another number.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const KILLS = { default: "300", ci: "100" };

const kills = process.env["STIXGATE_CRASH_KILLS"] ?? (process.env["CI"] ? KILLS.ci : KILLS.default);
const files = ["store-crash.test.ts", "store-power-loss.test.ts"];
const child = spawn(
  process.execPath,
  ["--test", ...files.map((file) => join(import.meta.dirname, "scenarios", file))],
  { stdio: "inherit", env: { ...process.env, STIXGATE_CRASH_KILLS: kills } },
);
const [code] = await once(child, "exit");
process.exitCode = code ?? 1;
