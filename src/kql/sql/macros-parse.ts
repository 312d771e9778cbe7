/** Macros that take a text of a known form apart into a bag. */

import { bound, macro } from "./macro.ts";

/** scheme://user:password@host:port/path?query#fragment, of which anything may be absent. */
const URL_EXPRESSION =
  "'^(?:([A-Za-z][A-Za-z0-9+.-]*)://(?:([^:@/?#]*)(?::([^@/?#]*))?@)?(\\[[^\\]]*\\]|[^:/?#]*)(?::([0-9]*))?)?" +
  "([^?#]*)(?:\\?([^#]*))?(?:#(.*))?$'";
const PATH_EXPRESSION =
  "'^(?:([A-Za-z][A-Za-z0-9+.-]+)://)?(?:(.*)[\\\\/])?([^\\\\/:]*)(?::([^\\\\/:]*))?$'";
/** What is left of a version's part when it has at most eight digits, as it has to. */
const VERSION_EXPRESSION = "'[0-9]{1,8}(?:\\.[0-9]{1,8}){0,3}'";

export const PARSE_MACROS: readonly string[] = Object.freeze([
  macro(
    "kql_query_parameters(q)",
    `CASE WHEN q = '' THEN '{}'::JSON ELSE kql_merge(list_transform(string_split(q, '&'), lambda p:
      {'key': split_part(p, '=', 1), 'value': to_json(regexp_extract(p, '^[^=]*=(.*)$', 1))})) END`,
  ),
  macro(
    "kql_parse_url(s)",
    bound(
      "u",
      `regexp_extract(s, ${URL_EXPRESSION}, ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'])`,
      `json_object('Scheme', u.scheme, 'Host', u.host, 'Port', u.port, 'Path', u.path, 'Username', u.username,
        'Password', u.password, 'Query Parameters', kql_query_parameters(u.query), 'Fragment', u.fragment)`,
    ),
  ),
  macro(
    "kql_parse_path(s)",
    bound(
      "u",
      `regexp_extract(s, ${PATH_EXPRESSION}, ['scheme', 'directory', 'file', 'stream'])`,
      `json_object('Scheme', u.scheme, 'RootPath', regexp_extract(u.directory, '^[A-Za-z]:'), 'DirectoryPath', u.directory,
        'DirectoryName', regexp_extract(u.directory, '[^\\\\/]*$'), 'Filename', u.file,
        'Extension', regexp_extract(u.file, '\\.([^.]*)$', 1), 'AlternateDataStreamName', u.stream)`,
    ),
  ),
  // Each part has eight digits of the result; there is no room for a first part of three digits.
  macro(
    "kql_parse_version(s)",
    `CASE WHEN regexp_full_match(s, ${VERSION_EXPRESSION}) THEN (rpad('', 0, '') || array_to_string(list_transform([1, 2, 3, 4],
      lambda i: lpad(coalesce(nullif(split_part(s, '.', i), ''), '0'), 8, '0')), ''))::DECIMAL(38, 12) END`,
  ),
  // The first line, with its fields out of their quotes.
  macro(
    "kql_parse_csv(s)",
    `to_json(list_transform(regexp_extract_all(',' || regexp_extract(s, '^(?:"(?:[^"]|"")*"|[^"\\r\\n])*'),
      ',("(?:[^"]|"")*"|[^,]*)', 1), lambda f: CASE WHEN starts_with(f, '"')
      THEN replace(substring(f, 2, length(f) - 2), '""', '"') ELSE f END))`,
  ),
]);
