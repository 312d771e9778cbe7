/**
 * Goal: the rooms keep their walls. Imports go downward and through doors, pure rooms stay pure, only the
 * composition root reads the environment, only the stores speak SQL, and the documents name every room.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

interface Room {
  readonly pure: boolean;
  /** Rooms it may import, by their doors. */
  readonly may: readonly string[];
}

/** The rooms, lowest first; each may use only rooms above its own line. */
const ROOMS: Readonly<Record<string, Room>> = {
  wire: { pure: true, may: [] },
  client: { pure: false, may: ["wire"] },
  pattern: { pure: true, may: [] },
  stix: { pure: true, may: ["pattern"] },
  kql: { pure: false, may: ["wire"] },
  tables: { pure: true, may: ["kql"] },
  store: { pure: false, may: ["wire", "stix"] },
  mirror: { pure: false, may: ["wire", "kql", "tables", "store"] },
  token: { pure: false, may: ["wire", "store"] },
  query: { pure: false, may: ["wire", "kql", "tables", "store", "mirror"] },
  people: { pure: false, may: ["wire", "store", "token"] },
  ingest: { pure: false, may: ["wire", "pattern", "stix", "store", "token"] },
  manage: { pure: false, may: ["wire", "client", "pattern", "stix", "store", "token", "ingest"] },
  http: {
    pure: false,
    may: ["wire", "stix", "store", "query", "token", "people", "ingest", "manage"],
  },
  app: {
    pure: false,
    may: [
      "wire",
      "stix",
      "kql",
      "store",
      "mirror",
      "query",
      "token",
      "people",
      "ingest",
      "manage",
      "http",
    ],
  },
  cli: {
    pure: false,
    may: ["wire", "pattern", "stix", "store", "query", "token", "people", "client", "app"],
  },
};

/** Words with which a pure room would reach for the outside. */
const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\.now\(|\bnew Date\(\)/, "reads the clock: take the instant as an argument"],
  [/\bprocess\./, "reads the process: take settings as arguments"],
  [/\bimport\(/, "imports at run time: import at the top, where this test sees it"],
  [/\bMath\.random\(/, "is not deterministic: take the random value as an argument"],
];

const CATCH_ALL_NAMES = /^(utils?|helpers?|common|misc|shared|lib)\.ts$/;
const ENVIRONMENT = /\bprocess\.env\b/;
const SQL = /\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE)\s+[\w*"(]/;
/** Rooms that speak SQL: durable storage, the generator of queries, and the engine that runs them. */
const SQL_ROOMS: readonly string[] = ["store", "kql", "mirror"];
const IMPORT = /^(?:import|export)\s[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;

const root = fileURLToPath(new URL("..", import.meta.url));
const sources = globSync("src/**/*.ts", { cwd: root })
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => !file.endsWith(".test.ts") && !file.endsWith(".conformance.ts"))
  .sort();

function roomOf(file: string): string {
  return file.split("/")[1] ?? "";
}

function importFaults(file: string, text: string, room: Room): string[] {
  const imports = [...text.matchAll(IMPORT)].map(([, from, bare]) => from ?? bare ?? "");
  const otherRooms = imports
    .filter((name) => name.startsWith("."))
    .map((name) => new URL(name, `file:///${file}`).pathname.slice(1))
    .filter((target) => roomOf(target) !== roomOf(file));
  const packages = imports.filter((name) => !name.startsWith("."));
  return [
    ...otherRooms
      .filter((target) => !room.may.includes(roomOf(target)))
      .map((target) => `may not use ${target}`),
    ...otherRooms
      .filter((target) => !target.endsWith("/index.ts") || target.split("/").length !== 3)
      .map((target) => `${target} is not a door: import the room's index.ts`),
    ...(room.pure ? packages.map((name) => `a pure room imports ${name}`) : []),
  ];
}

function wordFaults(file: string, text: string, room: Room): string[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  const name = roomOf(file);
  return [
    ...(room.pure ? IMPURE.filter(([word]) => word.test(code)).map(([, message]) => message) : []),
    ...(name !== "app" && ENVIRONMENT.test(code)
      ? ["reads the environment: only app/ does, pass settings down"]
      : []),
    ...(!SQL_ROOMS.includes(name) && SQL.test(code)
      ? ["speaks SQL: only the stores and the query engine do"]
      : []),
    ...(/^export \* from/m.test(code) ? ["re-exports with *: name what the door offers"] : []),
    ...(CATCH_ALL_NAMES.test(file.split("/").at(-1) ?? "")
      ? ["has a catch-all name: name the idea inside"]
      : []),
  ];
}

test("every source file keeps to its room", () => {
  const faults = sources.flatMap((file) => {
    const room = ROOMS[roomOf(file)];
    if (room === undefined) {
      return [`${file}: no such room in the table`];
    }
    const text = readFileSync(`${root}${file}`, "utf8");
    return [...importFaults(file, text, room), ...wordFaults(file, text, room)].map(
      (fault) => `${file}: ${fault}`,
    );
  });
  assert.deepEqual(faults, []);
});

test("the table of rooms has no upward arrow", () => {
  const order = Object.keys(ROOMS);
  const faults = order.flatMap((name, place) =>
    (ROOMS[name]?.may ?? [])
      .filter((other) => order.indexOf(other) >= place || !order.includes(other))
      .map((other) => `${name} → ${other}`),
  );
  assert.deepEqual(faults, []);
});

test("each room has a door and a place in ARCHITECTURE.md", () => {
  const architecture = readFileSync(`${root}ARCHITECTURE.md`, "utf8");
  const faults = Object.keys(ROOMS).flatMap((room) => [
    ...(room === "cli" || existsSync(`${root}src/${room}/index.ts`)
      ? []
      : [`${room}: no index.ts`]),
    ...(architecture.includes(`\`${room}/\``) ? [] : [`${room}: not in ARCHITECTURE.md`]),
  ]);
  assert.deepEqual(faults, []);
});

test("the checker itself reports planted faults", () => {
  const pure = ROOMS["wire"];
  assert.ok(pure);
  const planted =
    'import { readFileSync } from "node:fs";\nimport { x } from "../store/sqlite/y.ts";\n';
  assert.deepEqual(importFaults("src/wire/planted.ts", planted, pure), [
    "may not use src/store/sqlite/y.ts",
    "src/store/sqlite/y.ts is not a door: import the room's index.ts",
    "a pure room imports node:fs",
  ]);
  assert.deepEqual(wordFaults("src/wire/utils.ts", "const now = Date.now();\n", pure), [
    "reads the clock: take the instant as an argument",
    "has a catch-all name: name the idea inside",
  ]);
});
