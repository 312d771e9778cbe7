/** GUIDs: recognising them, and deriving one from a name so that repeated commands agree on it. */
import { createHash } from "node:crypto";

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NAMESPACE = "7c9f3c5e-3b0e-4f5b-9d0a-5b1f1d1c7a42";
const UUID_BYTES = 16;

/** Whether a text is a GUID of any version, in either case. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** A GUID that depends on the parts alone. @see RFC 9562 §5.5 */
export function guidFromName(...parts: readonly string[]): string {
  const name = JSON.stringify(parts);
  const namespace = Buffer.from(NAMESPACE.replaceAll("-", ""), "hex");
  const bytes = createHash("sha1").update(namespace).update(name).digest().subarray(0, UUID_BYTES);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
