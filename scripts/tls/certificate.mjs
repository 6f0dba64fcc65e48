import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { bits, context, implicit, integer, octets, oid, sequence, set, time, utf8, yes } from "./der.mjs";

const ECDSA_WITH_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const DAY_MS = 86_400_000;
/** Apple's systems take no server certificate that lasts longer, whoever signed it. */
const DAYS = 397;

/**
 * A certificate for these names and addresses, signed by its own key (RFC 5280), with what browsers and phones
 * want before it can be trusted: alternative names, for servers, its own authority. PEM.
 * @param {readonly string[]} names
 */
export function makeCertificate(names, now = new Date()) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const name = sequence(
    set(sequence(oid("2.5.4.10"), utf8("Footlight, self-signed"))),
    set(sequence(oid("2.5.4.3"), utf8(names[0] ?? "localhost"))),
  );
  const keyId = createHash("sha1").update(spki).digest();
  const extensions = sequence(
    sequence(oid("2.5.29.19"), yes, octets(sequence(yes))),
    // digitalSignature, keyCertSign
    sequence(oid("2.5.29.15"), yes, octets(bits(Buffer.from([0x84]), 2))),
    sequence(oid("2.5.29.37"), octets(sequence(oid("1.3.6.1.5.5.7.3.1")))),
    sequence(oid("2.5.29.14"), octets(octets(keyId))),
    sequence(oid("2.5.29.17"), octets(sequence(...names.map(alternativeName)))),
  );
  const body = sequence(
    context(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    ECDSA_WITH_SHA256,
    name,
    // A clock that is a little behind shall not refuse it.
    sequence(time(new Date(now.getTime() - DAY_MS)), time(new Date(now.getTime() + (DAYS - 1) * DAY_MS))),
    name,
    spki,
    context(3, extensions),
  );
  const certificate = sequence(body, ECDSA_WITH_SHA256, bits(sign("sha256", body, privateKey)));
  return {
    cert: pem("CERTIFICATE", certificate),
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** @param {string} name */
const alternativeName = (name) =>
  isIP(name) === 0 ? implicit(2, Buffer.from(name, "latin1")) : implicit(7, addressBytes(name));

/** @param {string} address */
function addressBytes(address) {
  if (isIP(address) === 4) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::");
  const groups = (/** @type {string} */ text) => (text === "" ? [] : text.split(":"));
  const [left, right] = [groups(head), groups(tail ?? "")];
  const middle = tail === undefined ? [] : Array.from({ length: 8 - left.length - right.length }, () => "0");
  return Buffer.from([...left, ...middle, ...right].map((group) => group.padStart(4, "0")).join(""), "hex");
}

/** @param {string} label @param {Buffer} der */
const pem = (label, der) =>
  `-----BEGIN ${label}-----\n${(der.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;

/** Link-local ones need a zone, which no certificate can name. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");

/** @param {string} address */
export const isNameable = (address) => isIP(address) === 4 || !LINK_LOCAL.check(address, "ipv6");
