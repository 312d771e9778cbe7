/** GUIDs that are derived from names, so that repeated commands agree on them. */
import { createHash } from "node:crypto";
import { guidFromDigest } from "../wire/index.ts";

const NAMESPACE = Buffer.from("7c9f3c5e3b0e4f5b9d0a5b1f1d1c7a42", "hex");

/** A GUID that depends on the parts alone. @see RFC 9562 §5.5 */
export function guidFromName(...parts: readonly string[]): string {
  const digest = createHash("sha1").update(NAMESPACE).update(JSON.stringify(parts)).digest("hex");
  return guidFromDigest(digest, 5);
}
