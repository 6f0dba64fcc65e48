import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, endianness, freemem } from "node:os";
import { join } from "node:path";
import { onPath } from "../debian.mjs";
import { SetupError, say } from "../progress.mjs";
import { run } from "../run.mjs";
import { groupSources, listedSources, unitText } from "./units.mjs";

/**
 * Builds the worker from the C++ inside the npm package with a compiler and the system's libraries, where
 * its finished binary cannot be downloaded. Upstream's own way (meson) downloads each library's source.
 */
const UNITS = 6;
const UNIT_MEMORY_BYTES = 1_200_000_000;
const COMPILER = [
  ...["-std=c++17", "-O2", "-fPIE", "-ffunction-sections", "-fdata-sections", "-w", "-DNDEBUG"],
  // A tenth quicker: the compiler leaves its garbage where it is.
  "--param=ggc-min-heapsize=1000000",
];
const LINKER = ["-pie", "-s", "-Wl,--gc-sections", "-Wl,--as-needed"];
const FLATC = "--cpp --cpp-field-case-style lower --reflect-names --scoped-enums --filename-suffix".split(
  " ",
);
const ABSEIL = ["strings", "optional", "flat_hash_map", "flat_hash_set", "btree", "inlined_vector"];
const LIBRARIES = [
  "openssl",
  "libuv",
  "libsrtp2",
  "usrsctp",
  "flatbuffers",
  ...ABSEIL.map((n) => `absl_${n}`),
];

/** @type {readonly import("../debian.mjs").Need[]} */
export const BUILD_NEEDS = [
  ...program("g++", "g++"),
  ...program("pkg-config", "pkg-config"),
  ...program("flatbuffers-compiler", "flatc"),
  ...library("libflatbuffers-dev", "flatbuffers"),
  ...library("libssl-dev", "openssl"),
  ...library("libuv1-dev", "libuv"),
  ...library("libsrtp2-dev", "libsrtp2"),
  ...library("libusrsctp-dev", "usrsctp"),
  ...library("libabsl-dev", "absl_flat_hash_map"),
].map((need) => ({ ...need, cost: "the WebRTC engine cannot be built, and the ultra tier is off" }));

/** @param {string} name @param {string} command */
function program(name, command) {
  return [{ package: name, present: () => onPath(command) }];
}

/** @param {string} name @param {string} module */
function library(name, module) {
  const present = () => spawnSync("pkg-config", ["--exists", module], { stdio: "ignore" }).status === 0;
  return [{ package: name, present }];
}

/**
 * OpenSSL built with kernel TLS asks the output BIO by a control call whether that is on, and the worker's callback
 * answers every such call with 1. Without this cure everything starts, and the first viewer's handshake kills the worker.
 * @param {string} text of DtlsTransport.cpp
 */
export function mendDtls(text) {
  const mended = text.replace("(operationType == BIO_CB_RETURN)", "((operationType & BIO_CB_RETURN) != 0)");
  if (mended === text)
    throw new SetupError("DtlsTransport.cpp is not as expected: this mediasoup needs another recipe");
  return mended;
}

/** The sources with absolute paths, the mended one from the build folder. @param {string} worker @param {string} folder */
function readSources(worker, folder) {
  const lists = [
    { prefix: "", meson: "meson.build", list: "common_sources" },
    { prefix: "deps/libwebrtc/", meson: "deps/libwebrtc/meson.build", list: "libwebrtc_sources" },
  ];
  const paths = lists.flatMap(({ prefix, meson, list }) =>
    listedSources(readFileSync(join(worker, meson), "utf8"), list).map((path) => prefix + path),
  );
  return [...paths, "src/main.cpp"].map((path) => {
    const source = { path: join(worker, path), text: readFileSync(join(worker, path), "utf8") };
    if (path !== "src/RTC/DtlsTransport.cpp") return source;
    const text = mendDtls(source.text);
    const mended = join(folder, "DtlsTransport.cpp");
    writeFileSync(mended, text);
    return { path: mended, text };
  });
}

/**
 * @param {string} worker the package's folder of that name
 * @param {string} folder for what comes up in between, and for the result
 * @returns {Promise<string>} the binary
 */
export async function buildWorker(worker, folder) {
  const schemas = readdirSync(join(worker, "fbs")).filter((name) => name.endsWith(".fbs"));
  const headers = join(folder, "generated", "FBS");
  mkdirSync(headers, { recursive: true });
  const files = schemas.map((name) => join(worker, "fbs", name));
  await run("flatc", [...FLATC, "", "-o", headers, ...files], { cwd: folder });

  const includes = ["include", "deps/libwebrtc", "deps/libwebrtc/libwebrtc"].map((path) =>
    join(worker, path),
  );
  const cflags = (await run("pkg-config", ["--cflags", ...LIBRARIES])).trim().split(/\s+/);
  const args = [
    ...COMPILER,
    ...["-DMS_EXECUTABLE", endianness() === "LE" ? "-DMS_LITTLE_ENDIAN" : "-DMS_BIG_ENDIAN"],
    ...[join(folder, "generated"), import.meta.dirname, ...includes].map((path) => `-I${path}`),
    ...cflags,
  ];
  const units = groupSources(readSources(worker, folder), UNITS).map((sources, index) => {
    const name = join(folder, `unit-${index}`);
    writeFileSync(`${name}.cpp`, unitText(sources));
    return name;
  });
  await compile(units, args);

  const binary = join(folder, "mediasoup-worker");
  const libraries = (await run("pkg-config", ["--libs", ...LIBRARIES])).trim().split(/\s+/);
  await run("g++", [...LINKER, "-o", binary, ...units.map((name) => `${name}.o`), ...libraries, "-lpthread"]);
  return binary;
}

/** As many at a time as cores and memory carry. @param {readonly string[]} units @param {readonly string[]} args */
async function compile(units, args) {
  const waiting = [...units];
  let done = 0;
  const lanes = Math.max(1, Math.min(availableParallelism(), Math.floor(freemem() / UNIT_MEMORY_BYTES)));
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let unit = waiting.shift(); unit !== undefined; unit = waiting.shift()) {
        await run("g++", [...args, "-c", `${unit}.cpp`, "-o", `${unit}.o`]);
        say(`  compiled ${++done} of ${units.length} parts of the WebRTC engine`);
      }
    }),
  );
}
