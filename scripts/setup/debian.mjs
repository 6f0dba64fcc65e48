import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SetupError, say, step } from "./progress.mjs";
import { run } from "./run.mjs";

/**
 * What the machine must have beside npm's packages: how to see that it is there (so that a system
 * other than Debian passes too), the Debian package that brings it, and what is lost without it.
 * @typedef {{ package: string, present: () => boolean, cost: string }} Need
 */

/** @type {readonly Need[]} */
const TEST_NEEDS = [
  {
    package: "chromium",
    present: () => process.env["CHROMIUM_PATH"] !== undefined || existsSync("/usr/bin/chromium"),
    cost: "the browser tests cannot run",
  },
  {
    package: "postgresql",
    present: () => onPath("initdb") || debianPostgres(),
    cost: "the database tests cannot run on PostgreSQL",
  },
  { package: "ffmpeg", present: () => onPath("ffmpeg"), cost: "nothing plays the part of a second encoder" },
  {
    package: "fonts-dejavu-core",
    present: () => process.platform !== "linux" || hasFiles("/usr/share/fonts/truetype"),
    cost: "pages in the browser tests have no letters",
  },
  { package: "openssl", present: () => onPath("openssl"), cost: "the TLS tests have no certificate" },
  {
    package: "nginx",
    present: () => onPath("nginx") || existsSync("/usr/sbin/nginx"),
    cost: "the reverse proxy that is shipped cannot be tried",
  },
  {
    package: "python3-aiortc",
    present: () => pythonRuns("import aiortc"),
    cost: "aiortc cannot publish to us or watch us",
  },
  {
    package:
      "python3-gst-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-bad gstreamer1.0-plugins-good gstreamer1.0-nice",
    present: () => pythonRuns(GSTREAMER_CHECK),
    cost: "GStreamer cannot publish to us or watch us",
  },
  {
    package: "firefox-esr",
    present: () => onPath("firefox-esr"),
    cost: "Firefox cannot publish to us or watch us",
  },
  {
    package: "coturn",
    present: () => onPath("turnserver"),
    cost: "nobody goes by a TURN server",
  },
  {
    package: "pulseaudio",
    present: () => onPath("pulseaudio"),
    cost: "nobody tries whether the studio hears what the machine plays",
  },
  {
    package: "x11-utils",
    present: () => onPath("xmessage") && onPath("xprop"),
    cost: "there is no window that the studio could capture",
  },
  { package: "procps", present: () => onPath("ps"), cost: "tests cannot look for left-over processes" },
];

const GSTREAMER_CHECK = `
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstWebRTC
Gst.init(None)
assert all(Gst.ElementFactory.find(name) for name in
  ("webrtcbin", "nicesrc", "dtlssrtpenc", "openh264enc", "opusenc", "rtph264pay", "rtpopuspay"))`;

const STUDIO_COST = "the studio's window cannot open";
/** What Electron is linked to, and a screen where there is none. */
const STUDIO_NEEDS = /** @type {const} */ ([
  ["libgtk-3-0", "libgtk-3.so.0"],
  ["libnss3", "libnss3.so"],
  ["libasound2", "libasound.so.2"],
  ["libgbm1", "libgbm.so.1"],
  ["libxss1", "libXss.so.1"],
]).map(([name, library]) => ({ package: name, present: () => hasLibrary(library), cost: STUDIO_COST }));
const XVFB = { package: "xvfb", present: () => notLinux() || onPath("Xvfb"), cost: STUDIO_COST };

/** The bundled ffmpeg and the embedded database are all that starting needs. */
export const NEEDS = {
  start: [],
  demo: [],
  dev: [],
  studio: process.env["DISPLAY"] ? STUDIO_NEEDS : [...STUDIO_NEEDS, XVFB],
  test: [...TEST_NEEDS, ...STUDIO_NEEDS, XVFB],
};

/** Installs what is missing where that is allowed, else says how. @param {readonly Need[]} needs */
export async function ensureDebianPackages(needs) {
  const missing = needs.filter((need) => !need.present());
  if (missing.length === 0) return;
  const packages = missing.map((need) => need.package);
  const line = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  const costs = [...new Set(missing.map((need) => need.cost))].map((cost) => {
    const names = missing.filter((need) => need.cost === cost).map((need) => need.package);
    return `  - ${names.join(", ")}: without ${names.length > 1 ? "them" : "it"} ${cost}`;
  });
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version") || !onPath("apt-get")) {
    throw new SetupError(
      `This machine lacks:\n${costs.join("\n")}\nOn Debian or Ubuntu install it with:\n  sudo apt-get update && sudo ${line}`,
    );
  }
  say(`missing on this machine: ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await step("apt-get update", () => run("apt-get", ["update", "-qq"], { env }));
  await step(`installing ${packages.join(", ")}`, () =>
    run("apt-get", line.split(" ").slice(1), {
      env,
      onLine: (text) => {
        if (/^Setting up /.test(text)) say(`  ${text}`);
      },
    }),
  );
  const still = missing.filter((need) => !need.present()).map((need) => need.package);
  if (still.length > 0) throw new SetupError(`Installed, but not found afterwards: ${still.join(", ")}`);
}

/** @param {string} command */
export function onPath(command) {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isExecutable(join(folder, command)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * By Debian's own Python, which has what its packages bring, where there is one.
 * @param {string} program
 */
function pythonRuns(program) {
  const python = existsSync("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
  return spawnSync(python, ["-c", program], { stdio: "ignore" }).status === 0;
}

function debianPostgres() {
  const base = "/usr/lib/postgresql";
  return (
    existsSync(base) && readdirSync(base).some((version) => existsSync(join(base, version, "bin/initdb")))
  );
}

function notLinux() {
  return process.platform !== "linux";
}

let libraries = "";
/** @param {string} name */
function hasLibrary(name) {
  if (notLinux()) return true;
  const ldconfig = existsSync("/sbin/ldconfig") ? "/sbin/ldconfig" : "ldconfig";
  if (!libraries.includes(name)) libraries = String(spawnSync(ldconfig, ["-p"]).stdout ?? "");
  return libraries.includes(name);
}

/** @param {string} folder */
function hasFiles(folder) {
  return existsSync(folder) && readdirSync(folder).length > 0;
}
