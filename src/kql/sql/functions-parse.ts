/** Functions that take a text of a known form apart: addresses of the web, paths, versions, lines of CSV. */

import { argument, invoke, refused, value } from "./build.ts";
import { conversion } from "./convert.ts";
import { textOf, textPiece } from "./functions-string.ts";
import { once } from "./once.ts";
import { type CallSite, type Emitter, KqlRefusal, type SqlExpr } from "./sql-expr.ts";

export const PARSE_FUNCTIONS: Readonly<Record<string, Emitter>> = Object.freeze({
  parse_url: (site) => dynamic(invoke("kql_parse_url", textOf(site, 0))),
  parse_urlquery: (site) =>
    dynamic(
      `json_object('Query Parameters', kql_query_parameters(ltrim(${textOf(site, 0)}, '?')))`,
    ),
  parse_path: (site) => dynamic(invoke("kql_parse_path", textOf(site, 0))),
  parse_version: (site) => value(invoke("kql_parse_version", textOf(site, 0)), "decimal"),
  parse_csv: (site) => dynamic(invoke("kql_parse_csv", textOf(site, 0))),
  parse_command_line: refused("command lines are not taken apart"),
  parse_user_agent: refused("there is no table of user agents"),
  extract_json: extractJson,
  extractjson: extractJson,
});

function dynamic(sql: string): SqlExpr {
  return value(sql, "dynamic");
}

/** The value at a JSON path, as text or as the type asked for. */
function extractJson(site: CallSite): SqlExpr {
  const path = argument(site, 0).literal?.value;
  if (typeof path !== "string" || !/^\$(?:\.\w+|\[\d+\]|\['[^'"\\*]+'\])*$/.test(path)) {
    throw new KqlRefusal(
      "KQL_UNSUPPORTED",
      "extract_json() needs a constant path of members and positions, such as $.a[0].b",
      site.span,
    );
  }
  const steps = path.replace(/\['([^']+)'\]/g, '."$1"').replaceAll("'", "''");
  const parsed = once(
    [textPiece(site, 1)],
    (s) => `(CASE WHEN json_valid(${s}) THEN ${s}::JSON END)`,
  );
  const found: SqlExpr = {
    sql: `kql_value(json_extract(${parsed}, '${steps}'))`,
    type: "dynamic",
    nonNull: false,
    text: `json_extract_string(${parsed}, '${steps}')`,
  };
  return conversion(found, site.type, site.span);
}
