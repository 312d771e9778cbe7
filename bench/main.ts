/**
 * `npm run bench -- NAME`: measurements that anyone can repeat on one machine. One row of the table below
 * for each; with --json a run prints one JSON object and nothing else on standard output. Benchmarks that load
 * the server are imported when they run, because its modules slow down what the others measure.
 */

import { Command, InvalidArgumentError, Option } from "commander";
import { benchFuzz } from "./fuzz.ts";
import { benchPattern } from "./pattern.ts";
import { benchStix } from "./stix.ts";
import type { ScalingRow } from "./timing.ts";

type Figures = Readonly<Record<string, number | string | null>>;

type Result = Readonly<Record<string, number | string | null | readonly ScalingRow[] | Figures>>;

interface BenchOption {
  readonly flag: string;
  readonly meaning: string;
  readonly fallback: number;
  /** 1 when left out. */
  readonly min?: number;
  readonly max: number;
}

interface Benchmark {
  readonly summary: string;
  readonly options: Readonly<Record<string, BenchOption>>;
  /** Options with a fixed set of words, the first being what holds when it is left out. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly run: (
    options: Readonly<Record<string, number>>,
    chosen: Readonly<Record<string, string>>,
  ) => Promise<Result>;
}

/** Of benchmarks that run in this process. */
const SECONDS: BenchOption = {
  flag: "--seconds <count>",
  meaning: "measure for this many seconds",
  fallback: 4,
  max: 600,
};

const CONNECTIONS: BenchOption = {
  flag: "--connections <count>",
  meaning: "keep-alive connections, each with one request at a time",
  fallback: 16,
  max: 1024,
};

const BENCHMARKS: Readonly<Record<string, Benchmark>> = {
  upload: {
    summary: "objects a second that the upload API acknowledges, over TLS with a token",
    options: {
      objectsMax: {
        flag: "--objects <count>",
        meaning: "stop after this many objects",
        fallback: 300_000,
        max: 10_000_000,
      },
      secondsMax: {
        flag: "--seconds <count>",
        meaning: "stop after this many seconds",
        fallback: 15,
        max: 3600,
      },
      connections: CONNECTIONS,
    },
    run: async ({ objectsMax = 0, secondsMax = 0, connections = 0 }) => ({
      ...(await (await import("./upload.ts")).benchUpload({ objectsMax, secondsMax, connections })),
    }),
  },
  ingest: {
    summary: "the same on a store that holds objects already, with the index and the disk",
    options: {
      objects: {
        flag: "--objects <count>",
        meaning: "objects to upload",
        fallback: 300_000,
        max: 10_000_000,
      },
      stored: {
        flag: "--stored <count>",
        meaning: "objects that are stored before the measurement starts",
        fallback: 0,
        min: 0,
        max: 20_000_000,
      },
      connections: CONNECTIONS,
    },
    choices: { store: ["sqlite", "postgres"], memory: ["tables", "bounded"] },
    run: async ({ objects = 0, stored = 0, connections = 0 }, chosen) => {
      const memory = chosen["memory"] === "bounded" ? "bounded" : "tables";
      const store = chosen["store"] === "postgres" ? "postgres" : "sqlite";
      const { benchIngest } = await import("./ingest.ts");
      return { ...(await benchIngest({ objects, stored, connections, store, memory })) };
    },
  },
  search: {
    summary: "milliseconds of a page of ten typical searches, on few and on many objects",
    options: {
      objects: {
        flag: "--objects <count>",
        meaning: "objects of the smaller store",
        fallback: 100_000,
        min: 1_000,
        max: 10_000_000,
      },
      larger: {
        flag: "--larger <count>",
        meaning: "objects of the larger store",
        fallback: 1_000_000,
        min: 1_000,
        max: 20_000_000,
      },
      rounds: {
        flag: "--rounds <count>",
        meaning: "pages of each search",
        fallback: 200,
        max: 10_000,
      },
    },
    run: async ({ objects = 0, larger = 0, rounds = 0 }) => ({
      ...(await (await import("./search.ts")).benchSearch({ objects, larger, rounds })),
    }),
  },
  page: {
    summary: "milliseconds until a cold browser shows the first rows, and how scrolling goes on",
    options: {
      objects: {
        flag: "--objects <count>",
        meaning: "objects of the smaller store",
        fallback: 10_000,
        min: 1_000,
        max: 10_000_000,
      },
      larger: {
        flag: "--larger <count>",
        meaning: "objects of the larger store",
        fallback: 1_000_000,
        min: 1_000,
        max: 20_000_000,
      },
      rounds: {
        flag: "--rounds <count>",
        meaning: "cold loads of each",
        fallback: 7,
        max: 100,
      },
    },
    run: async ({ objects = 0, larger = 0, rounds = 0 }) => ({
      ...(await (await import("./page.ts")).benchPage({ objects, larger, rounds })),
    }),
  },
  kql: {
    summary: "milliseconds of typical KQL queries, beside SQL written by hand for the same answers",
    options: {
      indicators: {
        flag: "--indicators <count>",
        meaning: "versions of indicators in the mirror",
        fallback: 1_000_000,
        max: 20_000_000,
      },
      logRows: {
        flag: "--logs <count>",
        meaning: "rows of logs",
        fallback: 100_000,
        max: 10_000_000,
      },
      rounds: {
        flag: "--rounds <count>",
        meaning: "runs of each query, of which the best counts",
        fallback: 3,
        max: 100,
      },
    },
    run: async ({ indicators = 0, logRows = 0, rounds = 0 }) => ({
      ...(await (await import("./kql.ts")).benchKql({ indicators, logRows, rounds })),
    }),
  },
  stix: {
    summary: "objects a second that one core validates, pattern included",
    options: { secondsMax: SECONDS },
    run: async ({ secondsMax = 0 }) => ({ ...benchStix({ secondsMax }) }),
  },
  fuzz: {
    summary: "values and patterns that nobody would write: that none throws, and time against size",
    options: {
      values: {
        flag: "--values <count>",
        meaning: "values and patterns to try",
        fallback: 100_000,
        max: 1_000_000_000,
      },
      seed: {
        flag: "--seed <number>",
        meaning: "what they are made from: the same ones for the same number",
        fallback: 1,
        max: 4_294_967_295,
      },
    },
    run: async ({ values = 0, seed = 1 }) => ({ ...benchFuzz({ values, seed }) }),
  },
  pattern: {
    summary: "patterns a second that one core reads, checks and takes observables out of",
    options: { secondsMax: SECONDS },
    run: async ({ secondsMax = 0 }) => ({ ...benchPattern({ secondsMax }) }),
  },
};

function integerBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}

function formatResult(name: string, result: Result): string {
  const width = Math.max(...Object.keys(result).map((key) => key.length));
  const rows = Object.entries(result).map(([key, value]) => {
    if (typeof value === "object" && value !== null) {
      return isScaling(value) ? formatScaling(key, value) : `  ${formatResult(key, value)}`;
    }
    const shown = typeof value === "number" ? value.toLocaleString("en-US") : (value ?? "unknown");
    return `  ${key.padEnd(width)}  ${shown.padStart(12)}`;
  });
  return [name, ...rows].join("\n");
}

function isScaling(value: readonly ScalingRow[] | Figures): value is readonly ScalingRow[] {
  return Array.isArray(value);
}

/** So long is a bar for twice the time. */
const BAR_PER_DOUBLING = 3;

/**
 * Time against size, both as figures and, of the time, as a bar on a logarithmic scale: where time is linear,
 * bars grow by the same length from row to row of a table whose sizes grow by the same factor.
 */
function formatScaling(name: string, rows: readonly ScalingRow[]): string {
  const longest = Math.max(...rows.map(({ input }) => input.length));
  const lines = rows.map(({ input, characters, micros, nanosPerCharacter }) => {
    const size = characters.toLocaleString("en-US").padStart(12);
    const time = micros.toLocaleString("en-US").padStart(12);
    const bar = "#".repeat(Math.ceil(BAR_PER_DOUBLING * Math.log2(1 + micros)));
    return `  ${input.padEnd(longest)}${size}${time}  ${nanosPerCharacter.toFixed(2).padStart(8)}  ${bar}`;
  });
  const head = `  ${name}: characters, microseconds, nanoseconds a character, time (logarithmic)`;
  return [head, ...lines].join("\n");
}

const program = new Command("bench").description("Measures this checkout of stixgate.");
for (const [name, benchmark] of Object.entries(BENCHMARKS)) {
  const command = program.command(name).description(benchmark.summary);
  const attributes = Object.entries(benchmark.options).map(([key, option]) => {
    const attribute = /^--([a-z]+)/.exec(option.flag)?.[1] ?? "";
    command.option(
      option.flag,
      option.meaning,
      integerBetween(option.min ?? 1, option.max),
      option.fallback,
    );
    return [key, attribute] as const;
  });
  for (const [choice, words] of Object.entries(benchmark.choices ?? {})) {
    command.addOption(
      new Option(`--${choice} <name>`, "what to measure").choices(words).default(words[0]),
    );
  }
  command
    .option("--json", "print one JSON object")
    .action(async (given: Readonly<Record<string, number | boolean | string | undefined>>) => {
      const options = attributes.map(([key, attribute]) => [key, Number(given[attribute])]);
      const choices = Object.keys(benchmark.choices ?? {}).map((name) => [
        name,
        String(given[name]),
      ]);
      const result = await benchmark.run(Object.fromEntries(options), Object.fromEntries(choices));
      console.log(given["json"] ? JSON.stringify(result) : formatResult(name, result));
      process.exitCode = result["errors"] === 0 ? 0 : 1;
    });
}
await program.parseAsync();
