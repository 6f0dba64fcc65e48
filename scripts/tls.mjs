import { X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { inRoot, root } from "./setup/paths.mjs";
import { isNameable, makeCertificate } from "./tls/certificate.mjs";

/**
 * `npm run tls [NAME …]`: a certificate that this machine signs for itself, to try what only HTTPS gives: HTTP/2,
 * low latency in Safari, capture devices in a page. One that still serves is kept.
 */
const KEEP_DAYS = 30;

const fromFile = existsSync(inRoot(".env")) ? parseEnv(readFileSync(inRoot(".env"), "utf8")) : {};
const dataDir = process.env["DATA_DIR"] || fromFile["DATA_DIR"] || "./data";
const folder = join(resolve(root, dataDir), "tls");
const paths = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
const names = [...new Set([...process.argv.slice(2), ...ownNames()])];

const isKept = serves(names);
if (!isKept) {
  const made = makeCertificate(names);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(paths.key, made.key, { mode: 0o600 });
  writeFileSync(paths.cert, made.cert);
}
const { fingerprint256, validTo } = new X509Certificate(readFileSync(paths.cert));
console.log(`${isKept ? "Still good" : "Made"}: a certificate for ${names.join(", ")}, until ${validTo}.

Start the server with it (or put the two lines into .env):

  TLS_CERT=${paths.cert}
  TLS_KEY=${paths.key}

Then HTTPS with HTTP/2 is at https://localhost:8443 (HTTPS_PORT), RTMPS at port 1936 (RTMPS_PORT).

Nobody trusts it yet. For a look, click through the browser's warning; for more, let the machine that watches
trust ${paths.cert}:

  curl            curl --http2 --cacert ${paths.cert} https://localhost:8443/healthz
  Debian, Ubuntu  sudo cp ${paths.cert} /usr/local/share/ca-certificates/footlight.crt && sudo update-ca-certificates
  Chromium        Settings, Privacy and security, Security, Manage certificates: import it as an authority
  Firefox         Settings, Certificates, View Certificates, Authorities, Import
  macOS           sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${paths.cert}
  iPhone, iPad    send the file there and install it; then Settings, General, About, Certificate Trust Settings

SHA-256 ${fingerprint256}
For the open internet use a certificate of a public authority instead (certbot), or a proxy that has one.`);

function ownNames() {
  const own = hostname().toLowerCase();
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return [
    "localhost",
    // A name with other characters than these is none that a browser could type.
    ...(/^[a-z0-9.-]+$/.test(own) ? [own, ...(own.includes(".") ? [] : [`${own}.local`])] : []),
    ...["127.0.0.1", "::1"],
    ...addresses.map(({ address }) => address).filter(isNameable),
  ];
}

/** The pair that is there covers all of these for a while yet. @param {readonly string[]} wanted */
function serves(wanted) {
  try {
    const cert = new X509Certificate(readFileSync(paths.cert));
    const left = Date.parse(cert.validTo) - Date.now();
    const covers = (/** @type {string} */ name) =>
      (isIP(name) === 0 ? cert.checkHost(name, { subject: "never" }) : cert.checkIP(name)) !== undefined;
    return existsSync(paths.key) && left > KEEP_DAYS * 86_400_000 && wanted.every(covers);
  } catch {
    return false;
  }
}
