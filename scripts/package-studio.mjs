import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { onPath } from "./setup/debian.mjs";
import { ensureElectron } from "./setup/electron.mjs";
import { inRoot } from "./setup/paths.mjs";
import { SetupError, say, step } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";
import { studioConfig } from "./studio/package-config.mjs";

/**
 * `npm run package -w @footlight/desktop [-- dir tar.gz deb]`: the studio as people install it, in
 * apps/desktop/release. What needs a connected machine (AppImage, Windows, macOS) is configured, and asked for
 * by name: `-- AppImage`.
 */
const FOLDER = inRoot("apps/desktop");
const RELEASE = join(FOLDER, "release");
const ofDesktop = createRequire(join(FOLDER, "package.json"));

await main(async () => {
  const asked = process.argv.slice(2);
  const targets = asked.length > 0 ? asked : ["dir", "tar.gz", "deb"];
  await setup("studio");
  const electron = await ensureElectron();
  const seven = ["7zz", "7z"].find(onPath);
  if (targets.includes("tar.gz") && seven === undefined) {
    throw new SetupError("tar.gz is made with 7-Zip: apt-get install 7zip, or ask for `-- dir deb`.");
  }
  // electron-builder would download its own.
  if (seven !== undefined) process.env["ELECTRON_BUILDER_7ZIP_PATH"] ??= `/usr/bin/${seven}`;
  // Its own level takes minutes for some per cent.
  process.env["ELECTRON_BUILDER_COMPRESSION_LEVEL"] ??= "5";
  rmSync(RELEASE, { recursive: true, force: true });
  const { build, Platform } = ofDesktop("electron-builder");
  const built = targets.filter((target) => target !== "deb" && target !== "dir");
  const platform =
    { darwin: Platform.MAC, win32: Platform.WINDOWS }[String(process.platform)] ?? Platform.LINUX;
  await step(`packaging ${["dir", ...built].join(", ")}`, () =>
    build({
      projectDir: FOLDER,
      targets: platform.createTarget(["dir", ...built]),
      publish: "never",
      config: studioConfig({ electron, updateUrl: process.env["STUDIO_UPDATE_URL"] }),
    }),
  );
  if (targets.includes("deb")) await step("packaging deb", debian);
  say(`in ${RELEASE}`);
});

/** Not by electron-builder, whose fpm is a download. */
async function debian() {
  const src = join(RELEASE, "linux-unpacked");
  if (!existsSync(src)) throw new SetupError("deb is made from the unpacked folder, which is not there.");
  await ofDesktop("electron-installer-debian")({
    src,
    dest: RELEASE,
    arch: process.arch === "arm64" ? "arm64" : "amd64",
    options: {
      name: "footlight-studio",
      bin: "footlight-studio",
      productName: "Footlight Studio",
      icon: join(FOLDER, "assets/icon.png"),
      categories: ["AudioVideo"],
      compression: "gzip",
      section: "video",
      // The packager takes it for a mere recommendation, and the program does not start without it.
      depends: ["libasound2 | libasound2t64"],
      mimeType: ["x-scheme-handler/footlight"],
    },
  });
}
