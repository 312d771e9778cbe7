/** Goal: each refusal becomes the documented reply to the byte, and the reason is where it harms nobody. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError, type AppErrorCode, type AppErrorOptions } from "../wire/index.ts";
import { type ErrorContext, problemReply, uploadErrorReply } from "./error-table.ts";

const CONTEXT: ErrorContext = {
  requestId: "3423a016-8bd4-4116-a214-88de2e285704",
  origin: "https://127.0.0.1:8443",
  noRoleStatus: 401,
  errorStyle: "service",
};

interface Case {
  readonly code: AppErrorCode;
  readonly message: string;
  readonly options?: AppErrorOptions;
  readonly context?: Partial<ErrorContext>;
  readonly status: number;
  readonly body: string;
  readonly header?: readonly [name: string, value: string];
}

const CASES: readonly Case[] = [
  {
    code: "unauthorized",
    message: 'The token "x" expired.\n',
    status: 401,
    body: '{ "statusCode": 401, "message": "Unauthorized. Access token is missing or invalid." }',
    header: [
      "www-authenticate",
      `Bearer authorization_uri="https://127.0.0.1:8443/common", error="invalid_token", error_description="The token 'x' expired.?"`,
    ],
  },
  { code: "wrong_audience", message: "The aud is wrong.", status: 401, body: "" },
  {
    code: "no_role",
    message:
      "The Object ID [o] does not have required permission to perform this action on the workspace [w].",
    status: 401,
    body: '{"error":{"code":"UnauthorizedAccess","message":"The Object ID [o] does not have required permission to perform this action on the workspace [w].","details":[],"target":null,"additionalInfo":null}}',
  },
  {
    code: "no_role",
    message: "m",
    context: { noRoleStatus: 403 },
    status: 403,
    body: '{"error":{"code":"UnauthorizedAccess","message":"m","details":[],"target":null,"additionalInfo":null}}',
  },
  {
    code: "throttled",
    message: "Rate limit is exceeded. Try again in 57 seconds.",
    options: { retryAfterSeconds: 57, detail: "never shown" },
    status: 429,
    body: '{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds." }',
    header: ["retry-after", "57"],
  },
  {
    code: "workspace_not_found",
    message: "Workspace 'w' does not exist.",
    status: 404,
    body: '{ "statusCode": 404, "message": "Resource not found" }',
    header: ["x-stixgate-reason", "Workspace 'w' does not exist."],
  },
  {
    code: "malformed_body",
    message: "Body of the request is not in valid JSON format.",
    status: 400,
    body: '{"error":{"code":"InvalidRequestBodyProperty(RequestBody)","message":"Body of the request is not in valid JSON format.","details":[],"target":null,"additionalInfo":null}}',
  },
  {
    code: "store_unavailable",
    message: "disk /dev/sda1 is full",
    status: 500,
    body: '{ "statusCode": 500, "message": "Internal server error", "activityId": "3423a016-8bd4-4116-a214-88de2e285704" }',
  },
  {
    code: "internal",
    message: "secret detail",
    status: 500,
    body: '{ "statusCode": 500, "message": "Internal server error", "activityId": "3423a016-8bd4-4116-a214-88de2e285704" }',
  },
  {
    code: "body_too_large",
    message: "Too large.",
    status: 413,
    body: '{ "statusCode": 413, "message": "Too large." }',
    header: ["connection", "close"],
  },
  {
    code: "unauthorized",
    message: "m",
    options: { tokenFault: "missing" },
    context: { errorStyle: "arm" },
    status: 401,
    body: '{"error":{"code":"AuthenticationFailed","message":"m"}}',
  },
  {
    code: "unauthorized",
    message: "m",
    options: { tokenFault: "expired" },
    context: { errorStyle: "arm" },
    status: 401,
    body: '{"error":{"code":"ExpiredAuthenticationToken","message":"m"}}',
  },
  {
    code: "unauthorized",
    message: "m",
    options: { tokenFault: "foreign" },
    context: { errorStyle: "arm" },
    status: 401,
    body: '{"error":{"code":"InvalidAuthenticationTokenTenant","message":"m"}}',
  },
  {
    code: "unauthorized",
    message: "m",
    context: { errorStyle: "arm" },
    status: 401,
    body: '{"error":{"code":"InvalidAuthenticationToken","message":"m"}}',
  },
  {
    code: "wrong_audience",
    message: "m",
    context: { errorStyle: "arm" },
    status: 401,
    body: '{"error":{"code":"InvalidAuthenticationTokenAudience","message":"m"}}',
  },
  {
    code: "no_role",
    message: "m",
    context: { errorStyle: "arm" },
    status: 403,
    body: '{"error":{"code":"AuthorizationFailed","message":"m"}}',
  },
];

for (const row of CASES) {
  test(`${row.code} ${JSON.stringify({ ...row.options, ...row.context })}`, () => {
    const error = new AppError(row.code, row.message, row.options);
    const reply = uploadErrorReply(error, { ...CONTEXT, ...row.context });
    assert.equal(reply.status, row.status);
    assert.equal(reply.body, row.body);
    if (row.header !== undefined) {
      assert.equal(reply.headers[row.header[0]], row.header[1]);
    }
    assert.equal("retry-after" in reply.headers, row.code === "throttled");
  });
}

test("problem documents tell the reason below 500 and nothing above", () => {
  const wrong = problemReply(
    new AppError("invalid_request", "limit must be 1 to 5.", { field: "limit" }),
    CONTEXT,
  );
  assert.equal(wrong.status, 400);
  assert.deepEqual(JSON.parse(wrong.body), {
    type: "about:blank",
    title: "A parameter is not valid",
    status: 400,
    detail: "limit must be 1 to 5.",
    field: "limit",
    code: "invalid_request",
    requestId: "3423a016-8bd4-4116-a214-88de2e285704",
  });
  const failed = problemReply(new AppError("store_unavailable", "disk /dev/sda1 is full"), CONTEXT);
  assert.equal(failed.status, 500);
  assert.doesNotMatch(failed.body, /sda1/);
});
