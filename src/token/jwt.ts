/**
 * Taking a compact JWT apart without believing it. Signatures are checked elsewhere; this only says whether
 * the text has the form
 *
 *     base64url(JSON object) "." base64url(JSON object) "." base64url(signature)
 */

/** A JSON object of unknown members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The two readable parts of a JWT. */
export interface JwtParts {
  readonly header: JsonObject;
  readonly payload: JsonObject;
}

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const COMPACT_UNSIGNED = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.$/;

/** Longest JWT that is looked at: ten times what Entra sends, within what servers take as a header. */
const JWT_LENGTH_MAX = 16_384;

/** The parts, or the reason in words why it isn't a JWT. */
export function readJwt(text: string): JwtParts | string {
  if (text.length > JWT_LENGTH_MAX) {
    return `It is longer than ${JWT_LENGTH_MAX} characters.`;
  }
  // An empty signature gets through, so that an unsigned token is refused for its alg.
  if (!COMPACT.test(text) && !COMPACT_UNSIGNED.test(text)) {
    return "It does not consist of three base64url parts.";
  }
  const [headerPart = "", payloadPart = ""] = text.split(".");
  const header = readObject(headerPart);
  if (header === undefined) {
    return "Its header is not a JSON object.";
  }
  const payload = readObject(payloadPart);
  return payload === undefined ? "Its payload is not a JSON object." : { header, payload };
}

function readObject(part: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : undefined;
  } catch {
    // Not JSON: the caller says so in words.
    return undefined;
  }
}
