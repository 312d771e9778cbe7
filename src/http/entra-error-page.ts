/** The page behind `error_uri`: what a code of the token service means here and what to do about it. */
import { ENTRA_ERRORS, type EntraErrorFacts } from "../wire/index.ts";

/** The page's HTML; undefined for a code that this server never sends. */
export function entraErrorPage(code: string): string | undefined {
  const rows = Object.values(ENTRA_ERRORS).filter((row) => String(row.code) === code);
  const [first] = rows;
  if (first === undefined) {
    return undefined;
  }
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AADSTS${first.code}</title>
<style>
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem }
code { background: color-mix(in srgb, currentColor 10%, transparent); padding: 0 .3em; border-radius: .3em }
</style>
</head>
<body>
<h1>AADSTS${first.code}</h1>
${rows.map(section).join("\n")}
</body>
</html>
`;
}

function section({ error, text, advice }: EntraErrorFacts): string {
  return `<p><code>${escapeHtml(error)}</code> ${withCode(text)}</p>
<p><strong>What to do:</strong> ${withCode(advice)}</p>`;
}

/** Placeholders and quoted commands are set as code. */
function withCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`|(\{\w+\})/g, "<code>$1$2</code>");
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
