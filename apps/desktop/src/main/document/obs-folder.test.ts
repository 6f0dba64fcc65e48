import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { canvasOf, profileFilesBeside } from "./obs-folder.ts";

const folders: string[] = [];
afterEach(() => Promise.all(folders.splice(0).map((each) => rm(each, { recursive: true, force: true }))));

async function folderOf(files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "footlight-obs-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
const ours = { width: 1280, height: 720, fps: 30 };

test("a collection in OBS' folder was made for the canvas of the profile in use", async () => {
  const folder = await folderOf({
    "global.ini": "[Basic]\nProfileDir=Mine\n",
    "basic/profiles/Mine/basic.ini": "[Video]\nBaseCX=1920\nBaseCY=1080\nFPSCommon=60\n",
    "basic/scenes/Show.json": "{}",
  });
  expect(await canvasOf(join(folder, "basic/scenes/Show.json"), ours)).toEqual({
    ...{ width: 1920, height: 1080, fps: 60 },
  });
});

test("a collection from elsewhere, or with a profile that leads elsewhere, for ours", async () => {
  const folder = await folderOf({
    "global.ini": "[Basic]\nProfileDir=../../secret\n",
    "secret/basic.ini": "[Video]\nBaseCX=64\nBaseCY=64\n",
  });
  expect(await canvasOf(join(folder, "basic/scenes/Show.json"), ours)).toEqual(ours);
  expect(await canvasOf(join(folder, "Show.json"), ours)).toEqual(ours);
});

test("only a profile's own file has others beside it", async () => {
  const folder = await folderOf({ "basic.ini": "", "service.json": "{}" });
  expect(await profileFilesBeside(join(folder, "basic.ini"))).toEqual({
    ...{ "service.json": "{}", "streamEncoder.json": undefined },
  });
  expect(await profileFilesBeside(join(folder, "other.ini"))).toEqual({});
});
