/** A query as lines for a terminal or a script, with somebody's own addresses. A key is asked for, never written out. */

/** Where a query is sent. */
export interface QueryPlace {
  readonly origin: string;
  readonly workspaceId: string;
}

/** What is asked. */
export interface Asked {
  readonly query: string;
  /** ISO 8601; empty for none. */
  readonly span: string;
}

/** Languages that a query can be copied in. */
export const QUERY_SNIPPETS: readonly {
  readonly id: string;
  readonly label: string;
  readonly write: (place: QueryPlace, asked: Asked) => string;
}[] = [
  { id: "curl", label: "curl", write: curl },
  { id: "python", label: "Python", write: python },
];

function urlOf({ origin, workspaceId }: QueryPlace): string {
  return `${origin}/api/v1/workspaces/${workspaceId}/query`;
}

/** On one line, so that no line of the query can end a quoted block early. */
function bodyOf({ query, span }: Asked): string {
  return JSON.stringify({ query, ...(span === "" ? {} : { timespan: span }) });
}

function curl(place: QueryPlace, asked: Asked): string {
  return `curl --silent --insecure --output stixgate-ca.pem ${place.origin}/ca.pem
read -rsp "Your key (Settings, Keys): " KEY
curl --cacert stixgate-ca.pem --silent --show-error \\
  "${urlOf(place)}" \\
  --header "Authorization: Bearer $KEY" --json @- <<'QUERY'
${bodyOf(asked)}
QUERY
`;
}

function python(place: QueryPlace, asked: Asked): string {
  return `import getpass, json, ssl, urllib.request

# The file is at ${place.origin}/ca.pem
trust = ssl.create_default_context(cafile="stixgate-ca.pem")
request = urllib.request.Request(
    "${urlOf(place)}",
    data=${JSON.stringify(bodyOf(asked))}.encode(),
    headers={
        "authorization": "Bearer " + getpass.getpass("Your key (Settings, Keys): "),
        "content-type": "application/json",
    },
)
with urllib.request.urlopen(request, context=trust) as answer:
    body = json.load(answer)
if "tables" not in body:
    raise SystemExit(json.dumps(body["error"], indent=2))
table = body["tables"][0]
names = [column["name"] for column in table["columns"]]
for row in table["rows"]:
    print(dict(zip(names, row)))
`;
}
