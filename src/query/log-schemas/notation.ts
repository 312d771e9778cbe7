/**
 * The notation in which documented table schemas are written down, and its reader. One line is one table:
 *
 *     line   = name " = " token *( " " token )
 *     token  = column / group / braces
 *     column = name [ ":" type ]          a string where no type is given
 *     type   = "b" bool / "d" datetime / "g" guid / "i" int / "j" dynamic / "l" long / "r" real
 *     group  = "@" name                   the columns of the line "@name = …" above
 *     braces = prefix "{" column *( "," column ) "}"    each column with the prefix before its name
 *
 * Columns come out in the order of the documentation: by name, case and leading underscore aside. The columns that
 * every table has are not written down.
 */

import type { KqlColumn, KqlType } from "../../kql/index.ts";

/** A table as it is documented. */
export interface TableSchema {
  readonly name: string;
  readonly columns: readonly KqlColumn[];
}

const TYPES: Readonly<Record<string, KqlType>> = {
  b: "bool",
  d: "datetime",
  g: "guid",
  i: "int",
  j: "dynamic",
  l: "long",
  r: "real",
};

/** What Log Analytics adds to every row, whatever the table. @see Azure Monitor, "Standard columns in logs" */
export const STANDARD_COLUMNS: readonly KqlColumn[] = Object.freeze([
  { name: "_BilledSize", type: "real" },
  { name: "_IsBillable", type: "string" },
  { name: "_ResourceId", type: "string" },
  { name: "SourceSystem", type: "string" },
  { name: "_SubscriptionId", type: "string" },
  { name: "TenantId", type: "string" },
  { name: "TimeGenerated", type: "datetime" },
  { name: "Type", type: "string" },
] satisfies readonly KqlColumn[]);

/** Reads tables in the notation. @throws Error for a fault in our own data */
export function readSchemas(text: string): readonly TableSchema[] {
  const groups = new Map<string, readonly KqlColumn[]>();
  const tables: TableSchema[] = [];
  for (const line of text.split("\n").filter((part) => part !== "")) {
    const [name = "", tokens = ""] = line.split(" = ", 2);
    const columns = tokens.split(" ").flatMap((token) => columnsOf(token, groups));
    if (name.startsWith("@")) {
      groups.set(name, columns);
    } else {
      tables.push({ name, columns: inOrder([...columns, ...STANDARD_COLUMNS]) });
    }
  }
  return tables;
}

function columnsOf(
  token: string,
  groups: ReadonlyMap<string, readonly KqlColumn[]>,
): readonly KqlColumn[] {
  if (token.startsWith("@")) {
    const group = groups.get(token);
    if (group === undefined) {
      throw new Error(`The group ${token} is used before it is written down.`);
    }
    return group;
  }
  const [, prefix = "", inner] = /^(\w*)\{(.*)\}$/.exec(token) ?? [];
  return inner === undefined
    ? [columnOf(token)]
    : inner.split(",").map((part) => columnOf(`${prefix}${part}`));
}

function columnOf(token: string): KqlColumn {
  const [name = "", letter] = token.split(":");
  const type = letter === undefined ? "string" : TYPES[letter];
  if (type === undefined || !/^\w+$/.test(name)) {
    throw new Error(`"${token}" is no column.`);
  }
  return { name, type };
}

/** Without repetition, by name. */
function inOrder(columns: readonly KqlColumn[]): readonly KqlColumn[] {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const keyOf = ({ name }: KqlColumn): string => name.replace(/^_/, "").toLowerCase();
  return Object.freeze(
    [...byName.values()].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1)),
  );
}
