/** Makes a pattern out of values, for those who know what to look for and not how patterns are written. */

/** A kind of value. */
export interface ValueKind {
  readonly label: string;
  /** What is compared, as a pattern names it. */
  readonly path: string;
  readonly example: string;
  /** Whether a value looks like one of this kind; left out where that can't be told. */
  readonly looksLike?: RegExp;
  readonly isNumber?: boolean;
}

/** The kinds; the first that a value looks like is taken. */
export const VALUE_KINDS: readonly ValueKind[] = [
  {
    label: "IPv4 address or network",
    path: "ipv4-addr:value",
    example: "203.0.113.7",
    looksLike: /^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/,
  },
  {
    label: "IPv6 address or network",
    path: "ipv6-addr:value",
    example: "2001:db8::7",
    looksLike: /^(?=.*:.*:)[0-9a-f:.]+(\/\d{1,3})?$/i,
  },
  {
    label: "URL",
    path: "url:value",
    example: "https://evil.example/x",
    looksLike: /^[a-z]+:\/\//i,
  },
  {
    label: "E-mail address",
    path: "email-addr:value",
    example: "mallory@evil.example",
    looksLike: /^[^\s@]+@[^\s@]+$/,
  },
  {
    label: "Hash: SHA-256",
    path: "file:hashes.'SHA-256'",
    example: "64 hexadecimal digits",
    looksLike: /^[0-9a-f]{64}$/i,
  },
  {
    label: "Hash: SHA-1",
    path: "file:hashes.'SHA-1'",
    example: "40 hexadecimal digits",
    looksLike: /^[0-9a-f]{40}$/i,
  },
  {
    label: "Hash: MD5",
    path: "file:hashes.MD5",
    example: "32 hexadecimal digits",
    looksLike: /^[0-9a-f]{32}$/i,
  },
  {
    label: "Registry key",
    path: "windows-registry-key:key",
    example: "HKEY_LOCAL_MACHINE\\Software\\Evil",
    looksLike: /^HKEY_/i,
  },
  {
    label: "File name",
    path: "file:name",
    example: "invoice.exe",
    looksLike:
      /^[^\\/:]+\.(exe|dll|sys|ps1|vbs|js|bat|cmd|scr|doc|docm|docx|xls|xlsm|xlsx|pdf|zip|rar|iso|lnk|jar|apk|msi)$/i,
  },
  {
    label: "Domain name",
    path: "domain-name:value",
    example: "evil.example",
    looksLike: /^([\p{L}\p{N}_-]+\.)+[\p{L}][\p{L}\p{N}-]*$/u,
  },
  { label: "Path of a directory", path: "directory:path", example: "C:\\Windows\\Temp" },
  { label: "Command line", path: "process:command_line", example: "powershell -enc …" },
  { label: "Mutex", path: "mutex:name", example: "Global\\evil" },
  {
    label: "MAC address",
    path: "mac-addr:value",
    example: "00:00:5e:00:53:07",
    looksLike: /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i,
  },
  {
    label: "Number of an autonomous system",
    path: "autonomous-system:number",
    example: "64496",
    isNumber: true,
  },
  { label: "Sign-in name of an account", path: "user-account:account_login", example: "mallory" },
  { label: "Subject of a mail", path: "email-message:subject", example: "Your invoice" },
  {
    label: "User agent of a request",
    path: "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0]",
    example: "EvilBot/1.0",
  },
  {
    label: "Serial number of a certificate",
    path: "x509-certificate:serial_number",
    example: "36:f7",
  },
];

/** The kind that a value looks like. */
export function kindOfValue(value: string): ValueKind | undefined {
  // A MAC address also looks like an IPv6 address that was cut.
  const found = VALUE_KINDS.filter(({ looksLike }) => looksLike?.test(value) === true);
  return found.find(({ path }) => path === "mac-addr:value") ?? found[0];
}

/** What indicators are often written as, so that nobody opens them by mistake, as they are. */
function refanged(value: string): string {
  return value
    .replace(/^hxxp/i, "http")
    .replaceAll("[.]", ".")
    .replaceAll("[:]", ":")
    .replaceAll("[@]", "@");
}

/** The values, a line each. */
export function valuesOf(text: string): readonly string[] {
  const lines = text
    .split("\n")
    .map((line) => refanged(line.trim()))
    .filter((line) => line !== "");
  return [...new Set(lines)];
}

/** The pattern that matches when any of the values is seen; empty without values. */
export function patternFor(
  values: readonly { readonly value: string; readonly kind: ValueKind }[],
): string {
  const tests = values.map(({ value, kind: { path, isNumber } }) =>
    isNumber === true && /^\d+$/.test(value)
      ? `${path} = ${value}`
      : `${path} = '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`,
  );
  return tests.length === 0 ? "" : `[${tests.join(" OR ")}]`;
}
