/** Goal: the syntaxes of observables accept every form their standard allows and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SyntaxName } from "./kinds.ts";
import { isBase64, isHexString, SYNTAXES } from "./value-syntax.ts";

interface SyntaxCase {
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const CASES: Readonly<Record<SyntaxName, SyntaxCase>> = {
  charset: {
    good: ["UTF-8", "utf-16le", "Shift_JIS", "ISO-8859-1", "IBM437", "hp-roman8", "windows-1252"],
    // Aliases, and the registered name of a set that has a preferred one.
    bad: ["", "utf8000", "latin1", "CP437", "ASCII", "ISO_8859-1:1987"],
  },
  cpe: {
    good: [
      "cpe:2.3:a:microsoft:word:2000:*:*:*:*:*:*:*",
      "cpe:2.3:o:a\\:b:c\\/d:-:*:*:*:*:*:*:x\\\\",
    ],
    bad: ["cpe:/a:microsoft:word", "cpe:2.3:x:a:b:*:*:*:*:*:*:*:*", "cpe:2.3:a:a::*:*:*:*:*:*:*:*"],
  },
  "domain-name": {
    good: ["example.com", "example.com.", "xn--bcher-kva.example", "bücher.example", "_dmarc.a.b"],
    bad: ["", ".", "a..b", "-a.b", "a-.b", "a b.c", `${"a".repeat(64)}.b`, "a/b", "a\nb"],
  },
  "email-addr": {
    good: [
      "a@b.c",
      "first.last+tag@example.com",
      '"odd one"@example.com',
      "a@[192.0.2.1]",
      "ä@ö.x",
    ],
    bad: ["", "a", "@b", "a@", "a b@c", "a..b@c", "Name <a@b.c>", ".a@b", "a@b..c"],
  },
  "ipv4-addr": {
    good: ["198.51.100.3", "0.0.0.0", "255.255.255.255", "10.0.0.0/8", "10.0.0.0/0", "1.2.3.4/32"],
    bad: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4/33", "1.2.3.4/", "1.2.3.a"],
  },
  "ipv6-addr": {
    good: [
      "2001:db8::1",
      "::",
      "::1",
      "1::",
      "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
      "::ffff:192.0.2.1",
      "2001:DB8::/32",
      "1:2:3:4:5:6:7::",
      "64:ff9b::192.0.2.33/96",
    ],
    bad: [
      "",
      ":",
      ":::",
      "1:2:3",
      "1::2::3",
      "g::",
      "::/129",
      "12345::",
      "1:2:3:4:5:6:7:8:9",
      "::1.2.3",
    ],
  },
  "iso-639-2": { good: ["eng", "fre", "fra", "qab"], bad: ["bbb", "en", "ENG", "quz", ""] },
  "mac-addr": {
    good: ["d2:fb:49:24:37:18", "00:00:ab:cd:ef:01"],
    bad: ["D2:FB:49:24:37:18", "d2-fb-49-24-37-18", "d2:fb:49:24:37", "d2fb49243718", ""],
  },
  "media-type": {
    good: [
      "text/plain",
      "Image/PNG",
      "application/x-dosexec",
      "haptics/ivs",
      "audio/ogg; codecs=a",
    ],
    bad: ["", "/", "text", "text/", "/plain", "bla/blabla", "texts/plain"],
  },
  "reference-url": { good: ["https://a.b//c.json"], bad: ["a.b"] },
  "relationship-type": {
    good: ["uses", "related-to", "a1"],
    bad: ["", "Uses", "related_to", "a b"],
  },
  "registry-key": {
    good: ["HKEY_LOCAL_MACHINE\\System\\Foo", "hkey_current_user\\x", "HKEY_LOCAL_MACHINE\\hkuser"],
    bad: ["HKLM\\System", "hkcu\\x", "HKLM"],
  },
  uri: {
    good: ["https://a.b//c.json", "urn:uuid:1", "http://[::1]/x?y=%20#z", "mailto:a@b"],
    bad: [
      "",
      "a.b/c",
      "http:",
      "1http://a",
      "http://a b",
      "http://a%2",
      "http://a#b#c",
      "http://ä",
    ],
  },
};

for (const [name, { good, bad }] of Object.entries(CASES)) {
  const { test: accepts } = SYNTAXES[name as SyntaxName];
  test(`${name}: what the standard allows`, () => {
    assert.deepEqual(
      good.filter((text) => !accepts(text)),
      [],
    );
  });
  test(`${name}: what it does not`, () => {
    assert.deepEqual(
      bad.filter((text) => accepts(text)),
      [],
    );
  });
}

test("hexadecimal is of even length and lower case, base64 is padded", () => {
  assert.deepEqual(["00ff", "", "0", "0F", "0g"].filter(isHexString), ["00ff"]);
  assert.deepEqual(["", "QQ==", "QUI=", "QUJD", "QQ=", "QQ", "Q===", "QQ= "].filter(isBase64), [
    "",
    "QQ==",
    "QUI=",
    "QUJD",
  ]);
});
