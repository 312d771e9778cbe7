/** Lines to paste into a terminal or a script, with somebody's own ids. A secret is asked for, never written out. */

/** Whose lines. */
export interface SnippetIds {
  readonly origin: string;
  readonly tenantId: string;
  readonly workspaceId: string;
  readonly clientId: string;
}

/** What is sent. */
export interface SnippetUpload {
  readonly source: string;
  readonly objects: readonly unknown[];
}

/** Languages that an upload can be copied in. */
export const SNIPPETS: readonly {
  readonly id: string;
  readonly label: string;
  readonly write: (ids: SnippetIds, upload: SnippetUpload) => string;
}[] = [
  { id: "curl", label: "curl", write: curl },
  { id: "powershell", label: "PowerShell", write: powerShell },
  { id: "python", label: "Python", write: python },
];

const SCOPE = "https://management.azure.com/.default";

function uploadUrl({ origin, workspaceId }: SnippetIds): string {
  return `${origin}/workspaces/${workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`;
}

/** No line of it begins with anything but a bracket, a quote or a space, so it can't end a quoted block early. */
function bodyText({ source, objects }: SnippetUpload): string {
  return JSON.stringify({ sourcesystem: source, stixobjects: objects }, null, 2);
}

function curl(ids: SnippetIds, upload: SnippetUpload): string {
  const { origin, tenantId, clientId } = ids;
  return `curl --silent --insecure --output stixgate-ca.pem ${origin}/ca.pem
read -rsp "Client secret: " SECRET
TOKEN=$(curl --silent --cacert stixgate-ca.pem "${origin}/${tenantId}/oauth2/v2.0/token" \\
  --data grant_type=client_credentials \\
  --data client_id=${clientId} \\
  --data-urlencode "client_secret=$SECRET" \\
  --data-urlencode scope=${SCOPE} \\
  | python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')
curl --cacert stixgate-ca.pem --include \\
  "${uploadUrl(ids)}" \\
  --header "Authorization: Bearer $TOKEN" --json @- <<'STIX'
${bodyText(upload)}
STIX
`;
}

function powerShell(ids: SnippetIds, upload: SnippetUpload): string {
  const { origin, tenantId, clientId } = ids;
  return `$secret = Read-Host "Client secret" -MaskInput
$token = Invoke-RestMethod -Method Post -Uri "${origin}/${tenantId}/oauth2/v2.0/token" -Body @{
  grant_type = "client_credentials"; client_id = "${clientId}"; client_secret = $secret
  scope = "${SCOPE}"
}
$body = @'
${bodyText(upload)}
'@
Invoke-RestMethod -Method Post -Body ([Text.Encoding]::UTF8.GetBytes($body)) \`
  -Uri "${uploadUrl(ids)}" \`
  -ContentType "application/json" -Headers @{ Authorization = "Bearer $($token.access_token)" }
`;
}

function python(ids: SnippetIds, upload: SnippetUpload): string {
  const { origin, tenantId, clientId } = ids;
  const body = bodyText(upload).replaceAll("'", "\\u0027");
  return `import getpass, json, ssl, urllib.parse, urllib.request

# The file is at ${origin}/ca.pem
trust = ssl.create_default_context(cafile="stixgate-ca.pem")

def post(url, body, headers):
    request = urllib.request.Request(url, data=body, headers=headers)
    with urllib.request.urlopen(request, context=trust) as answer:
        return answer.read()

token = json.loads(post(
    "${origin}/${tenantId}/oauth2/v2.0/token",
    urllib.parse.urlencode({
        "grant_type": "client_credentials",
        "client_id": "${clientId}",
        "client_secret": getpass.getpass("Client secret: "),
        "scope": "${SCOPE}",
    }).encode(),
    {},
))["access_token"]

body = json.loads(r'''
${body}
''')
print(post(
    "${uploadUrl(ids)}",
    json.dumps(body).encode(),
    {"authorization": f"Bearer {token}", "content-type": "application/json"},
).decode() or "accepted")
`;
}
