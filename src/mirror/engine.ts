/**
 * The engine's side of the mirror: opens the databases, keeps the mirror in step with the store, runs queries, keeps
 * logs. It lives in a process of its own; what it says and hears is in `protocol.ts`.
 */

import type { DuckDBConnection } from "@duckdb/node-api";
import { AppError } from "../wire/index.ts";
import { type EngineDatabase, openDatabase } from "./database.ts";
import { createFollower, type Follower } from "./follower.ts";
import { createLogs, type Logs } from "./logs.ts";
import type { EngineConfig, EngineMethods, FromEngine, QueryCall, ToEngine } from "./protocol.ts";
import { type RunningQuery, startQuery } from "./query.ts";
import { refusalData } from "./refusal.ts";
import { createSerial, type Serial } from "./serial.ts";
import { startUpkeep, type Upkeep } from "./upkeep.ts";
import { openVersions, type VersionSource } from "./version-source.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

/** The way to the server's process. */
export interface EnginePort {
  send(message: FromEngine): void;
}

/** The parts of an opened engine. */
interface Engine {
  readonly config: EngineConfig;
  readonly database: EngineDatabase;
  readonly source: VersionSource;
  readonly workspaces: Workspaces;
  readonly follower: Follower;
  readonly logs: Logs;
  /** Log rows and the views of their tables are written one after the other. */
  readonly logWrites: Serial;
  readonly connections: readonly DuckDBConnection[];
}

/** Answers messages until `close`; `onClosed` is called after everything is shut. */
export function createEngine(port: EnginePort, onClosed: () => void): (message: ToEngine) => void {
  const running = new Map<number, RunningQuery>();
  const versions = { resolve: (_: Extract<ToEngine, { kind: "versions" }>): void => undefined };
  let engine: Engine | undefined;
  let upkeep: Upkeep | undefined;

  function opened(): Engine {
    if (engine === undefined) {
      throw new AppError("overloaded", "The query engine is being started; try again.");
    }
    return engine;
  }

  async function run(call: number, query: QueryCall): Promise<unknown> {
    const { workspaces, database, logs, logWrites, follower } = opened();
    await workspaces.ensure(query.workspaceId);
    for (const schema of query.logTables) {
      await logWrites(() => logs.ensureView(query.workspaceId, schema));
    }
    const started = startQuery(query, {
      connect: () => database.connect(),
      change: () => follower.applied(),
      onRows: (rowsJson) => port.send({ kind: "rows", call, rowsJson }),
    });
    running.set(call, started);
    return await started.end.finally(() => running.delete(call));
  }

  type Handlers = {
    readonly [M in keyof EngineMethods]: (
      argument: Parameters<EngineMethods[M]>[0],
      call: number,
    ) => Promise<unknown>;
  };

  const methods: Handlers = {
    async open(config) {
      engine = await openEngine(config, port, versions);
      upkeep = startUpkeep(engine, (notice) => port.send({ kind: "notice", notice }));
      engine.follower.start(upkeep.now);
      return null;
    },
    run: (query, call) => run(call, query),
    async refresh() {
      await opened().follower.refresh();
      return null;
    },
    async appendLogRows(rows) {
      const { logs, logWrites, workspaces } = opened();
      await workspaces.ensure(rows.rows.workspaceId);
      await logWrites(() => logs.append(rows));
      return null;
    },
    logTables: (workspaceId) => opened().logWrites(() => opened().logs.tables(workspaceId)),
    async close() {
      upkeep?.stop();
      for (const query of running.values()) {
        query.cancel();
      }
      await Promise.allSettled([...running.values()].map(({ end }) => end));
      await closeEngine(engine);
      engine = undefined;
      return null;
    },
  };

  async function answer(call: number, work: () => Promise<unknown>): Promise<void> {
    try {
      port.send({ kind: "done", call, value: await work() });
    } catch (error) {
      port.send({ kind: "refused", call, refusal: refusalData(error) });
    }
  }

  return (message) => {
    if (message.kind === "versions") {
      versions.resolve(message);
    } else if (message.kind === "cancel") {
      running.get(message.call)?.cancel();
    } else {
      const { call, method, argument } = message;
      const handle = methods[method] as (argument: unknown, call: number) => Promise<unknown>;
      const done = answer(call, () => handle(argument, call));
      void (method === "close" ? done.then(onClosed) : done);
    }
  };
}

async function openEngine(
  config: EngineConfig,
  port: EnginePort,
  versions: { resolve: (message: Extract<ToEngine, { kind: "versions" }>) => void },
): Promise<Engine> {
  const source = openVersions(config.storeDirectory, (after, limit) => {
    const answered = new Promise<Extract<ToEngine, { kind: "versions" }>>((resolve) => {
      versions.resolve = resolve;
    });
    port.send({ kind: "changes", after, limit });
    return answered;
  });
  const discarded = (reason: string): void =>
    port.send({
      kind: "notice",
      notice: { level: "warn", message: `The mirror is built anew: ${reason}.` },
    });
  const database = await openDatabase(config.directory, config.engine, {
    onDiscarded: discarded,
    isOfThisStore: (position) => source.has(position),
  });
  const connections = await Promise.all([
    database.connect(),
    database.connect(),
    database.connect(),
  ]);
  const [feeding, schemas, logging] = connections as [
    DuckDBConnection,
    DuckDBConnection,
    DuckDBConnection,
  ];
  const workspaces = await createWorkspaces(schemas);
  const follower = createFollower({
    connection: feeding,
    workspaces,
    source,
    start: database.position,
    onPosition: (applied, stored) => port.send({ kind: "position", applied, stored }),
    onNotice: (notice) => port.send({ kind: "notice", notice }),
  });
  return {
    config,
    database,
    source,
    workspaces,
    follower,
    logs: await createLogs(logging),
    logWrites: createSerial(),
    connections,
  };
}

async function closeEngine(engine: Engine | undefined): Promise<void> {
  await engine?.follower.stop();
  await engine?.logWrites(() => engine.logs.checkpoint());
  for (const connection of engine?.connections ?? []) {
    connection.disconnectSync();
  }
  engine?.database.close();
  engine?.source.close();
}
