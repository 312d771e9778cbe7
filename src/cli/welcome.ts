/** What quickstart does and says once the server answers: the sample feed, the ids, lines to paste. */

import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { QuickstartIdentities, RunningServer } from "../app/index.ts";
import { type Client, createClient, type UploadResult, uploadObjectsOf } from "../client/index.ts";
import { GENERATIONS, type ReceiptWarning } from "../wire/index.ts";
import type { Surroundings } from "./surroundings.ts";
import { createProgressView } from "./upload-progress.ts";

/** The sample feed that ships with the package. */
const SAMPLE_FEED: URL = new URL("../../samples/feed.json", import.meta.url);

/** What became of the sample feed. */
export interface SampleReport {
  readonly source: string;
  readonly result: UploadResult;
  /** Warnings of stored objects, from the receipts. */
  readonly warnings: readonly ReceiptWarning[];
}

/**
 * Uploads the sample feed through the real API, as any client would. Does nothing when the application's
 * secret is not at hand, which means that an earlier start did it.
 */
export async function uploadSample(
  server: RunningServer,
  identities: QuickstartIdentities,
  surroundings: Surroundings,
): Promise<SampleReport | undefined> {
  const { clientSecret } = identities;
  if (clientSecret === null) {
    return undefined;
  }
  if (server.caFile !== null) {
    setDefaultCACertificates([
      ...getCACertificates("default"),
      readFileSync(server.caFile, "utf8"),
    ]);
  }
  const feed = JSON.parse(readFileSync(SAMPLE_FEED, "utf8")) as {
    sourcesystem: string;
    stixobjects: readonly unknown[];
  };
  const client = createClient({
    endpoint: server.httpsUrl,
    workspaceId: identities.workspace.workspaceId,
    credential: {
      tenantId: identities.tenant.tenantId,
      clientId: identities.application.appId,
      clientSecret,
      authorityHost: server.httpsUrl,
    },
  });
  const total = feed.stixobjects.length;
  let done = 0;
  const progress = createProgressView({
    stream: surroundings.stderr,
    fraction: () => done / total,
    dumb: surroundings.environment["TERM"] === "dumb",
  });
  const result = await client.upload({
    source: feed.sourcesystem,
    objects: uploadObjectsOf(feed.stixobjects),
    onProgress: (figures) => {
      done = figures.accepted + figures.rejected;
      progress.show(figures);
    },
  });
  progress.end();
  return { source: feed.sourcesystem, result, warnings: await warningsOf(client, result.requests) };
}

/** A reply never mentions warnings; the receipts of the newest requests do. */
async function warningsOf(client: Client, countMax: number): Promise<readonly ReceiptWarning[]> {
  const warnings: ReceiptWarning[] = [];
  for await (const { requestId, counts } of client.listReceipts({ countMax })) {
    if (counts.warned > 0) {
      warnings.push(...(await client.getReceipt(requestId)).warnings);
    }
  }
  return warnings;
}

interface WelcomeParts {
  readonly sample: SampleReport | undefined;
  readonly signInUrl: string | null;
  readonly surroundings: Surroundings;
}

/** Prints where the server is, what the sample met, and lines to paste. */
export function printWelcome(
  server: RunningServer,
  identities: QuickstartIdentities,
  { sample, signInUrl, surroundings }: WelcomeParts,
): void {
  const lines = [
    "",
    "Stixgate is running.",
    "",
    `  HTTPS          ${server.httpsUrl}`,
    ...(server.httpUrl === null ? [] : [`  HTTP           ${server.httpUrl} (this machine only)`]),
    ...(signInUrl === null
      ? []
      : [`  web page       ${signInUrl}`, "                 (the link signs you in, once)"]),
    ...(server.caFile === null ? [] : [`  CA to trust    ${shortPath(server.caFile)}`]),
    `  tenant id      ${identities.tenant.tenantId}`,
    `  workspace id   ${identities.workspace.workspaceId}`,
    `  client id      ${identities.application.appId}`,
    `  client secret  ${identities.clientSecret ?? "was shown at the first start; for a new one run: npm run stixgate -- app rotate quickstart"}`,
    "",
    ...(sample === undefined ? [] : [...sampleLines(sample), ""]),
    ...pasteLines(server, identities),
    "",
    "Ctrl-C stops the server. Each upload is logged below.",
    "",
  ];
  surroundings.stdout.write(`${lines.join("\n")}\n`);
}

function sampleLines({ source, result, warnings }: SampleReport): string[] {
  const total = result.accepted + result.rejected;
  return [
    `The sample feed "${source}" went through the real API: ${total} objects sent, ${result.accepted} stored, ${result.rejected} rejected.`,
    "The rejected ones are faulty on purpose, so that you see how a rejection is explained:",
    "",
    ...result.rejections.flatMap((rejection) => [
      `  object ${rejection.index + 1}  ${rejection.id ?? "(no id)"}`,
      ...rejection.messages.map((message) => `    ${message}`),
    ]),
    "",
    "What is stored can still carry a warning. The reply keeps silent about it, the receipt does not:",
    "",
    ...warnings.flatMap((warning) => [
      `  ${warning.stixId}`,
      ...warning.warnings.map(({ message }) => `    ${message}`),
    ]),
  ];
}

/** An indicator of our own making; the address is one of those kept for documentation. */
const EXAMPLE = {
  type: "indicator",
  spec_version: "2.1",
  id: "indicator--9d6a1f0e-3f5b-4c2a-8f7d-5b1e2c3d4e5f",
  created: "2026-01-05T08:00:00.000Z",
  modified: "2026-01-05T08:00:00.000Z",
  name: "My first indicator",
  pattern: "[ipv4-addr:value = '203.0.113.77']",
  pattern_type: "stix",
  valid_from: "2026-01-05T08:00:00Z",
};

const EXAMPLE_QUERY = "ThreatIntelIndicators | summarize Indicators = dcount(Id) by SourceSystem";

function pasteLines(server: RunningServer, identities: QuickstartIdentities): string[] {
  const { tenant, workspace, application, clientSecret } = identities;
  const curl =
    server.caFile === null ? "curl -s" : `curl -s --cacert ${shellWord(shortPath(server.caFile))}`;
  const uploadPath = GENERATIONS.v3.path.replace(":workspaceId", workspace.workspaceId);
  const upload = `${server.httpsUrl}${uploadPath}?api-version=${GENERATIONS.v3.apiVersion}`;
  const body = JSON.stringify({ sourcesystem: "My feed", stixobjects: [EXAMPLE] }, null, 2);
  const own = `${server.httpsUrl}/api/v1/workspaces/${workspace.workspaceId}`;
  const receipts = `${own}/requests`;
  return [
    "To upload a record of your own, paste this:",
    "",
    `TOKEN=$(${curl} ${server.httpsUrl}/${tenant.tenantId}/oauth2/v2.0/token \\`,
    `  -d grant_type=client_credentials -d client_id=${application.appId} \\`,
    `  --data-urlencode client_secret=${shellWord(clientSecret ?? "YOUR-SECRET")} \\`,
    `  -d scope=https://management.azure.com/.default | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
    "",
    `${curl} -i -H "Authorization: Bearer $TOKEN" \\`,
    `  '${upload}' --data-binary @- <<'JSON'`,
    body,
    "JSON",
    "",
    "An empty 200 means stored. Now drop the line with the id, say, and send it again: the answer names",
    "the property and the reason. The receipt of your last request, with the record as you sent it:",
    "",
    `ID=$(${curl} -H "Authorization: Bearer $TOKEN" '${receipts}?limit=1' \\`,
    `  | sed -n 's/.*"requestId": "\\([^"]*\\)".*/\\1/p')`,
    `${curl} -H "Authorization: Bearer $TOKEN" ${receipts}/$ID`,
    "",
    "What is stored can be asked in KQL, as in Microsoft Sentinel (docs/guide/kql.md):",
    "",
    `${curl} -H "Authorization: Bearer $TOKEN" ${own}/query \\`,
    `  -H 'Content-Type: application/json' -d '{"query":"${EXAMPLE_QUERY}"}'`,
  ];
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}

function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
