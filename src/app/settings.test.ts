/** Goal: every source of a setting is read, the later wins, and each mistake is named with its remedy. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { environmentName, loadSettings, type RawSettings } from "./settings.ts";

test("defaults are those of the contract", () => {
  const { settings, origins } = loadSettings({});
  assert.equal(settings["throttle.requestsPerMinute"], 100);
  assert.equal(settings["throttle.objectsPerRequest"], 100);
  assert.equal(settings["upload.successBody.v1"], "errors");
  assert.equal(settings["upload.successBody.v3"], "empty");
  assert.equal(settings["upload.allInvalidStatus.v2"], "200");
  assert.equal(settings["upload.allInvalidStatus.v3"], "400");
  assert.equal(settings["upload.defaultSpecVersion.v1"], "2.1");
  assert.equal(settings["upload.defaultSpecVersion.v3"], "2.0");
  assert.equal(settings["auth.noRoleStatus"], "401");
  assert.equal(settings["upload.unrevoke"], "keep-revoked");
  assert.equal(origins["https.port"], "default");
});

test("flag beats environment beats file beats default", () => {
  const raw: RawSettings = {
    file: {
      https: { port: 1 },
      "throttle.requestsPerMinute": 7,
      upload: { successBody: { v3: "errors" } },
    },
    environment: {
      STIXGATE_HTTPS_PORT: "2",
      STIXGATE_THROTTLE_REQUESTS_PER_MINUTE: "8",
      HOME: "/x",
    },
    flags: { "https.port": "3" },
  };
  const { settings, origins } = loadSettings(raw);
  assert.equal(settings["https.port"], 3);
  assert.equal(settings["throttle.requestsPerMinute"], 8);
  assert.equal(settings["upload.successBody.v3"], "errors");
  assert.equal(origins["https.port"], "flag");
  assert.equal(origins["throttle.requestsPerMinute"], "environment");
  assert.equal(origins["upload.successBody.v3"], "file");
});

test("values of every kind are read from text and JSON", () => {
  const { settings } = loadSettings({
    file: {
      tls: { names: ["a.example", "b.example"] },
      throttle: {
        applications: { "00001111-aaaa-2222-bbbb-3333cccc4444": { requestsPerMinute: 500 } },
      },
      upload: { severity: { "hash.digest": "warning" } },
    },
    environment: {
      STIXGATE_HTTP_PORT: "off",
      STIXGATE_TLS_TAKEOVER: "off",
      STIXGATE_SERVER_CANONICAL_URL: "https://ti.example.org/",
      STIXGATE_AUTH_ALLOWED_ROLES: "Owner, Contributor",
    },
  });
  assert.deepEqual(settings["tls.names"], ["a.example", "b.example"]);
  assert.deepEqual(settings["throttle.applications"], {
    "00001111-aaaa-2222-bbbb-3333cccc4444": { requestsPerMinute: 500 },
  });
  assert.deepEqual(settings["upload.severity"], { "hash.digest": "warning" });
  assert.equal(settings["http.port"], null);
  assert.equal(settings["tls.takeover"], false);
  assert.equal(settings["server.canonicalUrl"], "https://ti.example.org");
  assert.deepEqual(settings["auth.allowedRoles"], ["Owner", "Contributor"]);
});

const MISTAKES: readonly (readonly [string, RawSettings, RegExp])[] = [
  [
    "unknown name",
    { file: { https: { prot: 1 } } },
    /Unknown setting "https\.prot" \(file\)\. Did you mean "https\.port"\?/,
  ],
  [
    "unknown variable",
    { environment: { STIXGATE_HTTPS_PROT: "1" } },
    /STIXGATE_HTTPS_PROT\. Did you mean "STIXGATE_HTTPS_PORT"\?/,
  ],
  [
    "range",
    { flags: { "https.port": "70000" } },
    /Setting "https\.port" \(flag\) must be a whole number from 0 to 65535\./,
  ],
  [
    "word",
    { file: { "upload.unrevoke": "maybe" } },
    /"upload\.unrevoke" \(file\) must be one of keep-revoked, reject, allow\./,
  ],
  [
    "truth",
    { file: { "tls.takeover": "perhaps" } },
    /"tls\.takeover" \(file\) must be true or false\./,
  ],
  [
    "origin",
    { file: { "server.canonicalUrl": "http://x" } },
    /must be an https URL without a path/,
  ],
  [
    "map entry",
    { file: { "upload.severity": { "hash.digest": "loud" } } },
    /entry "hash\.digest" must be one of/,
  ],
  [
    "limits",
    { file: { "throttle.applications": { a: { perHour: 1 } } } },
    /unknown field "perHour"/,
  ],
  ["not an object", { file: [1] }, /must hold one JSON object/],
];

for (const [name, raw, message] of MISTAKES) {
  test(`a mistake is named: ${name}`, () => {
    assert.throws(() => loadSettings(raw), { code: "settings_invalid", message });
  });
}

test("environment names follow the setting names", () => {
  assert.equal(environmentName("upload.successBody.v3"), "STIXGATE_UPLOAD_SUCCESS_BODY_V3");
  assert.equal(environmentName("tls.certFile"), "STIXGATE_TLS_CERT_FILE");
});
