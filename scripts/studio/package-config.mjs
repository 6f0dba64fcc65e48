import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inRoot } from "../setup/paths.mjs";

/**
 * What electron-builder makes of the studio. Its programs are bundled, so of npm's packages only the one with ffmpeg
 * goes along, beside the archive, because a program inside one cannot be started.
 * @param {{ electron: import("../setup/electron.mjs").Electron, updateUrl: string | undefined }} facts
 */
export function studioConfig({ electron, updateUrl }) {
  return {
    appId: "tv.footlight.studio",
    productName: "Footlight Studio",
    executableName: "footlight-studio",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: electron-builder fills these in.
    artifactName: "footlight-studio-${version}-${os}-${arch}.${ext}",
    directories: { output: "release", buildResources: "assets" },
    files: ["dist/**", "!dist/**/*.map", "!dist/.inputs", "!**/*~", "assets/**", "package.json"],
    asar: true,
    asarUnpack: ["**/node_modules/@ffmpeg-installer/**"],
    electronVersion: electron.version,
    electronDist: electron.folder,
    npmRebuild: false,
    electronLanguages: ["en-US"],
    icon: "assets/icon.png",
    protocols: [{ name: "Footlight", schemes: ["footlight"] }],
    publish: updateUrl === undefined ? null : [{ provider: "generic", url: updateUrl }],
    linux: { target: ["dir", "tar.gz", "AppImage"], category: "AudioVideo" },
    win: { target: ["nsis"] },
    mac: { target: ["dmg", "zip"], category: "public.app-category.video", hardenedRuntime: true },
    // Security guide, 19: nothing that a person's machine could be made to run in our name.
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: process.platform !== "linux",
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    afterPack: finish,
  };
}

/** @param {{ appOutDir: string, packager: { config: { electronVersion: string } } }} context */
async function finish({ appOutDir, packager }) {
  // The loader of a stand-in Electron (setup/electron/stand-in.mjs) has nothing to load here.
  await rm(join(appOutDir, "resources/app"), { recursive: true, force: true });
  // electron-installer-debian reads both.
  await writeFile(join(appOutDir, "version"), packager.config.electronVersion);
  await copyFile(inRoot("LICENSE"), join(appOutDir, "LICENSE"));
}
