import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { missingOptional } from "./setup/lock-file.mjs";
import { inRoot, root } from "./setup/paths.mjs";

const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: root,
  encoding: "utf8",
})
  .split("\n")
  .filter((file) => file !== "" && existsSync(inRoot(file)));
const read = (/** @type {string} */ file) => readFileSync(inRoot(file), "utf8");
const documents = files.filter((file) => file.endsWith(".md"));
const sources = files.filter((file) => /\.(ts|tsx|mjs|css)$/.test(file));

describe("documents", () => {
  it.each(documents)("%s links to what is there", (file) => {
    const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
    const local = links.filter((link) => !/^(https?:|#|mailto:)/.test(link));
    const dead = local.filter(
      (link) => !existsSync(inRoot(join(dirname(file), link.split("#", 1)[0] ?? ""))),
    );
    expect(dead, "a reader follows these to nowhere: correct or remove them").toEqual([]);
  });

  it("docs/closures.md names classes that exist: a moved boundary edits its line there", () => {
    const table = read("docs/closures.md")
      .split("\n")
      .filter((line) => line.startsWith("| "));
    const cells = table.slice(2).flatMap((line) => line.split("|").slice(1, 3));
    const names = cells.flatMap((cell) =>
      [...cell.matchAll(/`([A-Z][A-Za-z]+)`/g)].map((match) => match[1] ?? ""),
    );
    const code = sources
      .filter((file) => file.startsWith("apps/"))
      .map(read)
      .join("\n");
    const gone = [...new Set(names)].filter((name) => !new RegExp(`(class|interface) ${name}\\b`).test(code));
    expect(names.length).toBeGreaterThan(5);
    expect(gone).toEqual([]);
  });
});

describe("sources", () => {
  it("keep files under 400 lines (a table of cases under 600): one past that is telling you something", () => {
    const limit = (/** @type {string} */ file) => (/\.test\.[a-z]+$/.test(file) ? 600 : 400);
    const long = sources.filter((file) => read(file).split("\n").length > limit(file));
    expect(long).toEqual([]);
  });

  it("are named in kebab-case", () => {
    const names = sources.filter((file) => /[A-Z_\s]/.test(file));
    expect(names).toEqual([]);
  });

  it("have no barrel but the one of a workspace package", () => {
    const barrels = files.filter((file) => /(^|\/)index\.tsx?$/.test(file));
    expect(barrels).toEqual(["packages/shared/src/index.ts"]);
  });
});

describe("packages", () => {
  const manifests = files.filter((file) => /(^|\/)package\.json$/.test(file));

  it.each(manifests)("%s pins every version exactly, so that every machine installs the same", (file) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(file));
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)),
    );
    expect(loose).toEqual([]);
  });

  it("package-lock.json names no registry: an air-gapped machine has its own", () => {
    expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
  });

  it("package-lock.json knows every platform's packages: npm ci refuses it otherwise (node scripts/complete-lock.mjs)", () => {
    expect(missingOptional(JSON.parse(read("package-lock.json")))).toEqual([]);
  });
});
