/**
 * Installs what some tests want and npm can't bring: PostgreSQL, Redis where neither it nor Valkey is there, and
 * Chromium for the web page. Only as root on a system with apt-get; anywhere else it says what is skipped, and the
 * tests that need it skip themselves. It never fails, and does nothing where everything is there.
 * STIXGATE_SETUP_SERVICES=off leaves the system alone.
 *
 * Plain JavaScript without dependencies, like setup.mjs. Tests start servers of their own in temporary
 * directories, so the packages are kept from starting theirs.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** What is looked for, and the package that brings it on Debian and its descendants. */
const SERVICES = [
  { name: "PostgreSQL", package: "postgresql", isThere: hasPostgres },
  {
    name: "Redis or Valkey",
    package: "redis-server",
    isThere: () => onPath("redis-server") || onPath("valkey-server"),
  },
  {
    name: "Chromium",
    package: "chromium",
    isThere: () => ["chromium", "chromium-browser", "google-chrome"].some(onPath),
  },
];

/** A mirror that doesn't answer must not hold up the tests for long. */
const NETWORK_TIMEOUT_SECONDS = 20;
const INSTALL_TIMEOUT_MS = 5 * 60_000;

/** Debian's packages ask this program whether they may start a server; 101 is no. */
const POLICY_FILE = "/usr/sbin/policy-rc.d";
const POLICY = "#!/bin/sh\nexit 101\n";

const missing = SERVICES.filter(({ isThere }) => !isThere());
if (missing.length > 0) {
  install(missing);
  for (const { name, package: packageName, isThere } of missing) {
    if (!isThere()) {
      say(`${name} is not installed, so its tests are skipped (Debian's package: ${packageName}).`);
    }
  }
}

/** @param {typeof SERVICES} services */
function install(services) {
  const allowed = process.env["STIXGATE_SETUP_SERVICES"] !== "off" && process.getuid?.() === 0;
  if (!allowed || !onPath("apt-get")) {
    return;
  }
  say(`installing ${services.map(({ name }) => name).join(" and ")} for the tests…`);
  const ownPolicy = !existsSync(POLICY_FILE);
  try {
    if (ownPolicy) {
      writeFileSync(POLICY_FILE, POLICY, { mode: 0o755 });
    }
    const packages = services.map((service) => service.package);
    const arguments_ = ["install", "-y", "--no-install-recommends", ...packages];
    if (!aptGet(arguments_) && aptGet(["update"])) {
      aptGet(arguments_);
    }
  } catch (error) {
    say(`nothing could be installed: ${error instanceof Error ? error.message : error}`);
  } finally {
    if (ownPolicy) {
      rmSync(POLICY_FILE, { force: true });
    }
  }
}

/** @param {string[]} arguments_ */
function aptGet(arguments_) {
  const timeouts = ["http", "https"].flatMap((scheme) => [
    "-o",
    `Acquire::${scheme}::Timeout=${NETWORK_TIMEOUT_SECONDS}`,
  ]);
  const options = ["-qq", "-o", "Acquire::Retries=1", ...timeouts];
  const { status } = spawnSync("apt-get", [...options, ...arguments_], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: "ignore",
    timeout: INSTALL_TIMEOUT_MS,
  });
  return status === 0;
}

/** Debian keeps the server's programs off the path, one directory for each version. */
function hasPostgres() {
  const versions = "/usr/lib/postgresql";
  const onDebian =
    existsSync(versions) &&
    readdirSync(versions).some((version) => existsSync(join(versions, version, "bin/initdb")));
  return onDebian || onPath("initdb");
}

/** @param {string} program */
function onPath(program) {
  const directories = (process.env["PATH"] ?? "").split(delimiter);
  return directories.some((directory) => existsSync(join(directory, program)));
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`stixgate: ${text}\n`);
}
