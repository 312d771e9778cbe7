/** Goal: the CA can be exported before the first start, shown without being made, and both commands explain themselves. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Command } from "commander";
import { openDataDirectory } from "../app/index.ts";
import { AppError } from "../wire/index.ts";
import { formatCa, registerCaCommand } from "./ca.ts";

describe("stixgate ca", () => {
  let root = "";
  before(async () => {
    root = await mkdtemp(join(tmpdir(), "stixgate-ca-"));
  });
  after(async () => {
    await rm(root, { recursive: true });
  });

  async function run(...args: readonly string[]): Promise<string> {
    let written = "";
    const out = {
      write: (text: string): void => {
        written += text;
      },
    };
    const program = new Command("stixgate").exitOverride().configureOutput({ writeOut: out.write });
    registerCaCommand(program, (options) => openDataDirectory(options.dataDir ?? ""), out);
    for (const command of program.commands.flatMap((each) => [each, ...each.commands])) {
      command.exitOverride().configureOutput({ writeOut: out.write });
    }
    await program.parseAsync(["ca", ...args], { from: "user" }).catch((error: unknown) => {
      if ((error as { code?: string }).code !== "commander.helpDisplayed") {
        throw error;
      }
    });
    return written;
  }

  test("export makes the CA once and prints it", async () => {
    const dataDir = join(root, "export");
    const pem = await run("export", "--data-dir", dataDir);
    assert.match(new X509Certificate(pem).subject, /^CN=Stixgate local CA /);
    assert.equal(await run("export", "--data-dir", dataDir), pem);
    assert.equal(await readFile(join(dataDir, "ca.pem"), "utf8"), pem);
    const file = join(root, "copy.pem");
    assert.equal(
      await run("export", "--data-dir", dataDir, "--out", file),
      `Wrote the CA's certificate to ${file}\n`,
    );
    assert.equal(await readFile(file, "utf8"), pem);
    assert.equal(await run("export", "--data-dir", dataDir, "--out", "-"), pem);
  });

  test("an output that can't be written is refused by its name", async () => {
    const out = join(root, "missing/ca.pem");
    await assert.rejects(
      run("export", "--data-dir", join(root, "export"), "--out", out),
      (error: unknown) => error instanceof AppError && error.message.startsWith(`${out} can't be`),
    );
  });

  test("show describes the CA that export made", async () => {
    const dataDir = join(root, "show");
    const certificate = new X509Certificate(await run("export", "--data-dir", dataDir));
    const shown = JSON.parse(await run("show", "--json", "--data-dir", dataDir));
    assert.equal(shown.subject, certificate.subject);
    assert.equal(shown.fingerprint, certificate.fingerprint256);
    assert.equal(shown.file, join(dataDir, "ca.pem"));
    assert.equal(shown.server, null);
    assert.match(await run("show", "--data-dir", dataDir), /none yet: the first start/);
  });

  test("show makes no CA", async () => {
    const dataDir = join(root, "nothing");
    await assert.rejects(run("show", "--data-dir", dataDir), (error: unknown) => {
      assert.ok(error instanceof AppError);
      assert.equal(error.code, "not_found");
      assert.match(
        error.message,
        /^There is no local CA in .*nothing yet\. .* stixgate ca export$/,
      );
      return true;
    });
    assert.deepEqual(await readdir(dataDir), ["master.key"]);
  });

  test("people read one line a fact", () => {
    const certificate = {
      subject: "CN=Stixgate local CA 3f9c2a",
      fingerprint: "AB:CD",
      validFrom: "2026-11-22T11:00:00.000Z",
      validTo: "2036-11-22T11:00:00.000Z",
    };
    const server = {
      ...certificate,
      subject: "CN=Stixgate server",
      validTo: "2026-11-22T11:30:00.000Z",
      names: ["localhost", "ti.example.org"],
    };
    assert.equal(
      formatCa({ ...certificate, file: "/data/ca.pem", server }, new Date("2026-11-22T12:00:00Z")),
      `Local CA
  Subject      CN=Stixgate local CA 3f9c2a
  Fingerprint  AB:CD (SHA-256)
  Valid        2026-11-22 to 2036-11-22 (3652 days left)
  File         /data/ca.pem

Server certificate
  Subject      CN=Stixgate server
  Fingerprint  AB:CD (SHA-256)
  Valid        2026-11-22 to 2026-11-22 (expired)
  Names        localhost, ti.example.org
`,
    );
  });

  test("help says what each command is for", async () => {
    const help = async (...args: readonly string[]): Promise<string> =>
      (await run(...args, "--help")).replaceAll(/\s+/g, " ");
    assert.match(await help(), /clients have to trust the CA/);
    assert.match(await help("export"), /Makes the CA when there is none yet.*GET \/ca\.pem/);
    assert.match(await help("show"), /Changes nothing/);
  });
});
