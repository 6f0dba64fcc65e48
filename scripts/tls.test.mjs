import { execFileSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { inRoot } from "./setup/paths.mjs";
import { makeCertificate } from "./tls/certificate.mjs";

const folder = mkdtempSync(join(tmpdir(), "footlight-tls-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (/** @type {string[]} */ ...names) =>
  execFileSync(process.execPath, [inRoot("scripts/tls.mjs"), ...names], {
    env: { ...process.env, DATA_DIR: folder },
    encoding: "utf8",
  });

describe("npm run tls", () => {
  it("makes a pair for this machine's names and addresses, and says how to use it", () => {
    const said = run("studio.example.org");
    const [, certPath = ""] = /TLS_CERT=(.*)/.exec(said) ?? [];
    const [, keyPath = ""] = /TLS_KEY=(.*)/.exec(said) ?? [];
    const cert = new X509Certificate(readFileSync(certPath));
    expect(cert.checkPrivateKey(createPrivateKey(readFileSync(keyPath)))).toBe(true);
    expect(cert.verify(cert.publicKey)).toBe(true);
    for (const name of ["localhost", "studio.example.org", hostname().toLowerCase()]) {
      expect(cert.checkHost(name, { subject: "never" }), name).toBe(name);
    }
    expect([cert.checkIP("127.0.0.1"), cert.checkIP("::1")]).toEqual(["127.0.0.1", "::1"]);
    expect(statSync(keyPath).mode & 0o077, "the key is its owner's").toBe(0);
    expect(said).toContain(cert.fingerprint256);
  });

  it("keeps one that still serves, and makes another for a name that it lacks", () => {
    run("one.example.org");
    const before = readFileSync(join(folder, "tls/cert.pem"), "utf8");
    expect(run("one.example.org")).toMatch(/^Still good/);
    expect(readFileSync(join(folder, "tls/cert.pem"), "utf8")).toBe(before);
    expect(run("two.example.org")).toMatch(/^Made/);
  });
});

describe("the certificate", () => {
  it("is one that a strict reader takes", () => {
    const { cert } = makeCertificate(["localhost", "127.0.0.1", "fd00::2:1", "2001:db8:0:1:2:3:4:5"]);
    // openssl's own reading, with the letter of RFC 5280.
    const path = join(folder, "strict.pem");
    writeFileSync(path, cert);
    const args = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", path, path];
    const said = execFileSync("openssl", args, { encoding: "utf8" });
    expect(said).toMatch(/: OK/);
    const read = new X509Certificate(cert);
    expect(read.checkIP("2001:db8:0:1:2:3:4:5")).toBeDefined();
    expect(read.checkIP("fd00::2:1")).toBeDefined();
    const days = (Date.parse(read.validTo) - Date.parse(read.validFrom)) / 86_400_000;
    expect(days, "Apple's systems take no longer").toBeLessThanOrEqual(398);
  });
});
