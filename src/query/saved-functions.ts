/**
 * Functions that people keep in a workspace and call in queries by name. Before one is kept the binder reads it with
 * the workspace's tables and functions, so that a query never meets a function that does not bind at its writing.
 */

import type { CompileResult, KqlCatalogue, KqlFunction, KqlPosition } from "../kql/index.ts";
import type { DocumentKey, DocumentStore, JsonValue } from "../store/index.ts";
import { AppError } from "../wire/index.ts";
import { type Fresh, keepFresh } from "./fresh.ts";
import { SHIPPED_FUNCTIONS } from "./shipped-functions.ts";

/** A function as it is kept. */
export interface SavedFunction extends KqlFunction {
  readonly description: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
}

/** A function to keep. */
export interface NewFunction {
  readonly workspaceId: string;
  readonly name: string;
  /** As in a `let`: `(days: long = 7)`; left out for none. */
  readonly parameters?: string;
  readonly body: string;
  readonly description?: string;
  readonly actor: string;
}

/** The functions of all workspaces. */
export interface SavedFunctions {
  list(workspaceId: string): Promise<readonly SavedFunction[]>;
  /** A mark that changes with the list. */
  version(workspaceId: string): Promise<string>;
  /** Keeps a function in place of what its name had. @throws AppError `invalid_request`, with the place in the body */
  put(input: NewFunction): Promise<SavedFunction>;
  /** @throws AppError `not_found` */
  remove(workspaceId: string, name: string): Promise<void>;
}

/** What they are made of. */
export interface SavedFunctionParts {
  readonly documents: DocumentStore;
  readonly now: () => Date;
  readonly catalogueOf: (workspaceId: string, query: string) => Promise<KqlCatalogue>;
  readonly compile: (query: string, catalogue: KqlCatalogue) => Promise<CompileResult>;
}

const KIND = "function";
/** Each is read by the parser with every query of the workspace. */
const FUNCTIONS_MAX = 500;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const BODY_LENGTH_MAX = 100_000;

interface KeptFunctions {
  readonly functions: readonly SavedFunction[];
  readonly version: string;
}

/** Opens the saved functions. */
export function createSavedFunctions(parts: SavedFunctionParts): SavedFunctions {
  const { documents, now } = parts;
  const kept: Fresh<KeptFunctions> = keepFresh(
    (workspaceId) => readFunctions(documents, workspaceId),
    () => now().getTime(),
  );
  return {
    list: async (workspaceId) => (await kept.get(workspaceId)).functions,
    version: async (workspaceId) => (await kept.get(workspaceId)).version,
    async put(input) {
      const { workspaceId, name } = input;
      const before = (await readFunctions(documents, workspaceId)).functions;
      const others = before.filter((known) => known.name !== name);
      const saved: SavedFunction = {
        name,
        parameters: (input.parameters ?? "").trim() || "()",
        body: bare(input.body),
        description: input.description ?? "",
        updatedAt: now().toISOString(),
        updatedBy: input.actor,
      };
      const catalogue = await parts.catalogueOf(workspaceId, saved.body);
      checkShape(saved, catalogue);
      if (others.length >= FUNCTIONS_MAX) {
        throw new AppError("conflict", `A workspace has at most ${FUNCTIONS_MAX} functions.`);
      }
      refuseCycle(saved, others);
      await checkBinding(parts, saved, catalogue);
      const key: DocumentKey = { workspaceId, kind: KIND, name };
      await documents.commit([
        { kind: "put", key, content: { ...saved } satisfies JsonValue as JsonValue },
      ]);
      kept.forget(workspaceId);
      return saved;
    },
    async remove(workspaceId, name) {
      const key: DocumentKey = { workspaceId, kind: KIND, name };
      if ((await documents.get(key)) === undefined) {
        throw new AppError("not_found", `This workspace has no function '${name}'.`, {
          field: "name",
        });
      }
      await documents.commit([{ kind: "remove", key }]);
      kept.forget(workspaceId);
    },
  };
}

async function readFunctions(
  documents: DocumentStore,
  workspaceId: string,
): Promise<KeptFunctions> {
  const page = await documents.list({ workspaceId, kind: KIND, limit: FUNCTIONS_MAX });
  return {
    functions: page.items.map(({ content }) => content as unknown as SavedFunction),
    version: page.items.map(({ revision }) => revision).join("."),
  };
}

/** The body without the braces that may stand around it, and without a last semicolon. */
function bare(body: string): string {
  const trimmed = body.trim().replace(/;$/, "").trimEnd();
  return /^\{[\s\S]*\}$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

function checkShape({ name, parameters, body }: SavedFunction, catalogue: KqlCatalogue): void {
  const isTaken =
    catalogue.tables.some((table) => table.name === name) ||
    SHIPPED_FUNCTIONS.some((shipped) => shipped.name === name) ||
    name === "_GetWatchlist";
  const faults: readonly (readonly [boolean, string, string])[] = [
    [!NAME.test(name), "name", "A name has letters, digits and underscores, and no digit first."],
    [isTaken, "name", `There is a table or a function of the server named '${name}'.`],
    [!/^\([\s\S]*\)$/.test(parameters), "parameters", "Parameters stand in parentheses."],
    [body === "", "body", "The body is empty."],
    [body.length > BODY_LENGTH_MAX, "body", `A body has at most ${BODY_LENGTH_MAX} characters.`],
  ];
  const found = faults.find(([isFault]) => isFault);
  if (found !== undefined) {
    throw new AppError("invalid_request", found[2], { field: found[1] });
  }
}

/** The parser would follow functions that call each other for ever. */
function refuseCycle(saved: SavedFunction, others: readonly SavedFunction[]): void {
  const byName = new Map([...others, saved].map((known) => [known.name, known]));
  const seen = new Set<string>();
  const waiting = [saved.name];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const words = new Set(byName.get(name)?.body.match(/[A-Za-z_]\w*/g) ?? []);
    for (const called of [...words].filter((word) => byName.has(word))) {
      if (called === saved.name) {
        throw new AppError(
          "invalid_request",
          name === saved.name
            ? `The function '${name}' calls itself.`
            : `The function '${saved.name}' calls itself by way of '${name}'.`,
          { field: "body" },
        );
      }
      if (!seen.has(called)) {
        seen.add(called);
        waiting.push(called);
      }
    }
  }
}

async function checkBinding(
  parts: SavedFunctionParts,
  { name, parameters, body }: SavedFunction,
  catalogue: KqlCatalogue,
): Promise<void> {
  const head = `let ${name} = ${parameters} {\n`;
  const result = await parts.compile(`${head}${body}\n};\nprint Valid = true`, catalogue);
  if ("error" in result) {
    const { code, message, position } = result.error;
    throw new AppError("invalid_request", `${code}: ${message}${placeIn(head, position)}`, {
      field: position !== null && position.start < head.length ? "parameters" : "body",
    });
  }
}

function placeIn(head: string, position: KqlPosition | null): string {
  return position === null || position.start < head.length
    ? ""
    : ` (line ${position.line - 1}, column ${position.column})`;
}
