/**
 * Builds the web page into dist/web when it is missing or older than its sources, and nothing otherwise; beside each
 * file stand its compressed forms, which the server hands out. It needs the pinned Node 24, so it stands in
 * the scripts themselves and not in those before them: their shell remembers the Node it found before the installation.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const output = `${root}dist/web`;
const mark = `${output}/.built-from`;

/** Files that are too small gain nothing. */
const COMPRESSED_BYTES_MIN = 1_024;

/** What a browser must read before it shows anything, compressed: a second of a slow line. */
const FIRST_SCRIPTS_BYTES_MAX = 250_000;

/** Whatever goes into the page: its own sources, the packages' versions, and the code it shares with the server. */
const inputs = ["web/**/*", "package-lock.json", "src/{stix,pattern}/**/*.ts"]
  .flatMap((pattern) => globSync(pattern, { cwd: root }))
  .filter((file) => statSync(root + file).isFile() && !file.endsWith(".test.ts"))
  .sort();
const hash = createHash("sha256");
for (const file of inputs) {
  hash.update(file).update(readFileSync(root + file));
}
const digest = hash.digest("hex");

if (!existsSync(mark) || readFileSync(mark, "utf8") !== digest) {
  process.stderr.write("stixgate: building the web page…\n");
  const vite = `${root}node_modules/vite/bin/vite.js`;
  const arguments_ = [vite, "build", "--config", "web/vite.config.ts", "--logLevel", "warn"];
  const { status } = spawnSync(process.execPath, arguments_, {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    process.stderr.write("stixgate: the web page could not be built; see the messages above.\n");
    process.exit(status ?? 1);
  }
  for (const file of globSync("**/*.{js,css,svg,html,json}", { cwd: output })) {
    const content = readFileSync(`${output}/${file}`);
    if (content.length >= COMPRESSED_BYTES_MIN) {
      const quality = { [constants.BROTLI_PARAM_QUALITY]: 9 };
      writeFileSync(`${output}/${file}.br`, brotliCompressSync(content, { params: quality }));
      writeFileSync(`${output}/${file}.gz`, gzipSync(content));
    }
  }
  const firstBytes = firstScriptsBytes();
  if (firstBytes > FIRST_SCRIPTS_BYTES_MAX) {
    process.stderr.write(
      `stixgate: the page's first scripts have ${firstBytes} bytes compressed, more than ${FIRST_SCRIPTS_BYTES_MAX}: load something later.\n`,
    );
    process.exit(1);
  }
  writeFileSync(mark, digest);
}

/** Compressed size of the scripts that the page itself names. */
function firstScriptsBytes() {
  const html = readFileSync(`${output}/index.html`, "utf8");
  const files = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, file]) => file);
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(`${output}/${file}`)).length, 0);
}
