/** Goal: each fault of the server becomes the refusal that tells a client what to do, without values of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type AppErrorCode } from "../../wire/index.ts";
import { isRequestFault, refusalFor } from "./faults.ts";

function fault(code: string | undefined, message = "message"): Error {
  return Object.assign(new Error(message), { detail: "Key (x)=(secret)", ...(code && { code }) });
}

const CASES: readonly (readonly [Error, AppErrorCode])[] = [
  [fault("08006"), "store_unavailable"], // connection_failure
  [fault("25006"), "store_unavailable"], // read_only_sql_transaction: a standby
  [fault("28P01"), "store_unavailable"], // invalid_password
  [fault("3D000"), "store_unavailable"], // invalid_catalog_name: the database is absent
  [fault("40P01"), "overloaded"], // deadlock_detected
  [fault("53100"), "store_unavailable"], // disk_full
  [fault("53300"), "overloaded"], // too_many_connections
  [fault("55P03"), "overloaded"], // lock_not_available
  [fault("57014"), "overloaded"], // query_canceled: statement_timeout
  [fault("57P01"), "store_unavailable"], // admin_shutdown
  [fault("57P03"), "store_unavailable"], // cannot_connect_now
  [fault("58030"), "store_unavailable"], // io_error
  [fault("XX001"), "store_unavailable"], // data_corrupted
  [fault("22021"), "internal"], // character_not_in_repertoire
  [fault("23505"), "internal"], // unique_violation
  [fault("42P01"), "internal"], // undefined_table
  [fault("ECONNREFUSED"), "store_unavailable"],
  [fault("ETIMEDOUT"), "store_unavailable"],
  [fault("ENOTFOUND"), "store_unavailable"],
  [fault("SELF_SIGNED_CERT_IN_CHAIN"), "store_unavailable"],
  [fault(undefined, "Connection terminated unexpectedly"), "store_unavailable"],
  [fault(undefined, "timeout exceeded when trying to connect"), "store_unavailable"],
  [fault(undefined, "Query read timeout"), "store_unavailable"],
  [new TypeError("x is not a function"), "internal"],
  [new AppError("shutting_down", "bye"), "shutting_down"],
];

for (const [error, code] of CASES) {
  test(`${"code" in error ? error.code : ""} ${error.message} is refused with ${code}`, () => {
    const refusal = refusalFor(error);
    assert.equal(refusal.code, code);
    assert.doesNotMatch(`${refusal.message} ${refusal.detail}`, /secret/);
  });
}

test("only faults of the request itself are tried again one by one", () => {
  assert.ok(isRequestFault(fault("22021")));
  assert.ok(!isRequestFault(fault("57P01")));
  assert.ok(!isRequestFault(fault("55P03")));
  assert.ok(!isRequestFault(fault("ECONNRESET")));
  assert.ok(!isRequestFault(fault(undefined)));
});
