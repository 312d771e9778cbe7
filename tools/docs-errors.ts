/** Prints the reference page of refusals from their tables. */
import { INGESTION_ERRORS, PROBLEMS, QUERY_ERRORS, UPLOAD_ERRORS } from "../src/http/index.ts";
import { type AppErrorCode, ENTRA_ERRORS } from "../src/wire/index.ts";

/** The page as Markdown. */
export function errorsPage(): string {
  return [
    "# Refusals",
    "",
    "Printed from the tables in `src/http/error-table.ts`, `src/http/query-errors.ts` and `src/wire/entra-errors.ts`;",
    "run `npm run docs` after a change there.",
    "",
    "Every answer carries `x-ms-request-id`. Each refusal is logged with that id, its code and its precise reason.",
    "",
    "## Upload API",
    "",
    'The gateway\'s body is `{ "statusCode": …, "message": "…" }` in one line; the backend\'s is',
    '`{"error":{"code":"…","message":"…","details":[],"target":null,"additionalInfo":null}}`. `*` stands for the',
    "field. Where a text is given, it is always that one; the reason then stands in `WWW-Authenticate` (401) or",
    "`x-stixgate-reason` (404), in the receipt where there is one, and in the log.",
    "",
    "| code in log and receipt | status | body | code or fixed text |",
    "|---|---|---|---|",
    ...codes(UPLOAD_ERRORS).map((code) => {
      const row = UPLOAD_ERRORS[code];
      return `| \`${code}\` | ${row.status} | ${row.envelope} | ${cell(row.code ?? row.text)} |`;
    }),
    "",
    "A 429 has `Retry-After`; no other refusal has it. `no_role` is 403 with `auth.noRoleStatus = 403`.",
    "",
    "## Query API and Logs Ingestion API",
    "",
    'Both answer `{"error":{"code":"…","message":"…"}}`. A query that is wrong has an `innererror` with code, line and',
    "position. A 429 has `Retry-After`.",
    "",
    "| code in log | queries: status | code | logs: status | code |",
    "|---|---|---|---|---|",
    ...codes(QUERY_ERRORS).map((code) => {
      const [query, logs] = [QUERY_ERRORS[code], INGESTION_ERRORS[code]];
      return `| \`${code}\` | ${query.status} | ${query.code} | ${logs.status} | ${logs.code} |`;
    }),
    "",
    "## Own API (`/api/v1`)",
    "",
    "Problem documents (RFC 9457): `title`, `status`, `detail`, `code`, `requestId`, and `field` where one is to blame.",
    "",
    "| code | status | title |",
    "|---|---|---|",
    ...codes(PROBLEMS).map(
      (code) => `| \`${code}\` | ${PROBLEMS[code][0]} | ${PROBLEMS[code][1]} |`,
    ),
    "",
    "## Token service",
    "",
    "Bodies as Microsoft Entra sends them. `error_uri` leads to a page of this server with the advice below.",
    "",
    "| AADSTS | error | text | what to do |",
    "|---|---|---|---|",
    ...Object.values(ENTRA_ERRORS).map(
      (row) => `| ${row.code} | \`${row.error}\` | ${cell(row.text)} | ${cell(row.advice)} |`,
    ),
    "",
  ].join("\n");
}

function codes(table: Readonly<Record<AppErrorCode, unknown>>): readonly AppErrorCode[] {
  return Object.keys(table) as AppErrorCode[];
}

function cell(text: string | undefined): string {
  return (text ?? "").replaceAll("|", "\\|");
}
