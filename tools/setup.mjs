/**
 * Installs the exact dependencies of package-lock.json when they are missing or stale, and nothing
 * otherwise. Plain JavaScript without dependencies: it runs on whatever Node a fresh clone finds,
 * before the pinned Node 24 (the npm package "node") is there.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const mark = `${root}node_modules/.stixgate-setup`;
const lockHash = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");

if (!existsSync(mark) || readFileSync(mark, "utf8") !== lockHash) {
  process.stderr.write("stixgate: installing dependencies (npm ci)…\n");
  // NODE_ENV=production would leave out the development tools, the pinned Node among them.
  const { npm_config_omit: _omit, NODE_ENV: _nodeEnv, ...env } = process.env;
  const npm = process.env["npm_execpath"];
  const arguments_ = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--include=dev"];
  const result = npm
    ? spawnSync(process.execPath, [npm, ...arguments_], { cwd: root, env, stdio: ["ignore", 2, 2] })
    : spawnSync("npm", arguments_, {
        cwd: root,
        env,
        stdio: ["ignore", 2, 2],
        shell: process.platform === "win32",
      });
  if (result.status !== 0) {
    process.stderr.write("stixgate: npm ci failed; see the messages above.\n");
    process.exit(result.status ?? 1);
  }
  writeFileSync(mark, lockHash);
}
