/** Goal: a ticket comes back as it was, and nothing that anybody else has made is one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTicket, sealTicket } from "./ticket.ts";

const parts = { hashKey: new Uint8Array(32).fill(7) };

test("only what was sealed here is opened", () => {
  const ticket = sealTicket(parts, '{"state":"x\u20ac"}');
  assert.equal(openTicket(parts, ticket), '{"state":"x\u20ac"}');
  assert.notEqual(sealTicket(parts, "same"), sealTicket(parts, "same"));
  const bytes = Buffer.from(ticket, "base64url");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  const foreign = sealTicket({ hashKey: new Uint8Array(32) }, "x");
  for (const other of ["", "abc", "\u0000", bytes.toString("base64url"), foreign]) {
    assert.equal(openTicket(parts, other), undefined);
  }
});
