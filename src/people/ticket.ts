/**
 * What a browser carries while it is at the identity provider: sealed, so that nothing is kept here for visitors who
 * have not proved who they are, and nobody but this server can read or make one.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import type { PeopleParts } from "./context.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const PURPOSE = "sign-in ticket v1";

/** Seals a text. */
export function sealTicket(parts: Pick<PeopleParts, "hashKey">, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(parts), nonce);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

/** The text; undefined for what was not sealed here. */
export function openTicket(
  parts: Pick<PeopleParts, "hashKey">,
  ticket: string,
): string | undefined {
  const bytes = Buffer.from(ticket, "base64url");
  if (bytes.length < NONCE_BYTES + TAG_BYTES) {
    return undefined;
  }
  const nonce = bytes.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(parts), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString("utf8");
  } catch {
    // The tag does not fit: forged, or sealed under another key.
    return undefined;
  }
}

function keyOf({ hashKey }: Pick<PeopleParts, "hashKey">): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", hashKey, "", PURPOSE, KEY_BYTES));
}
