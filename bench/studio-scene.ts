import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Canvas {
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  readonly bitrateBps: number;
}

const BLUE = 0xff80_4020;
const LOOP_S = 20;

/**
 * A scene of five sources as OBS saves it: a film with sound that fills the canvas and never rests, a slide show that
 * fades each two seconds, a picture, a text and a see-through colour. The paths lie in `folder`.
 */
export async function makeObsScene(folder: string, canvas: Canvas): Promise<object> {
  const { width, height, fps } = canvas;
  const film = join(folder, "film.mp4");
  const size = `${width}x${height}`;
  ffmpeg(
    ...["-f", "lavfi", "-i", `testsrc2=size=${size}:rate=${fps}`, "-f", "lavfi", "-i", "sine=330:r=48000"],
    ...["-t", String(LOOP_S), "-c:v", "libx264", "-preset", "veryfast", "-b:v", "1500k"],
    ...["-pix_fmt", "yuv420p", "-g", "60", "-c:a", "aac", "-b:a", "128k", film],
  );
  const slides = ["mandelbrot", "smptebars", "rgbtestsrc"].map((name, at) => {
    const path = join(folder, `slide-${at}.png`);
    ffmpeg("-f", "lavfi", "-i", `${name}=size=320x180:rate=1`, "-frames:v", "1", path);
    return path;
  });
  const logo = join(folder, "logo.png");
  ffmpeg("-f", "lavfi", "-i", "testsrc=size=200x200:rate=1", "-frames:v", "1", logo);
  const at = (name: string, id: number, x: number, y: number, wide: number, tall: number) => ({
    ...{ name, id, pos: { x: x * width, y: y * height }, bounds: { x: wide * width, y: tall * height } },
    ...{ rot: 0, scale: { x: 1, y: 1 }, align: 5, bounds_type: 1, bounds_align: 0, visible: true },
  });
  const items = [
    at("Film", 1, 0, 0, 1, 1),
    at("Slides", 2, 0.65, 0.05, 0.3, 0.3),
    at("Logo", 3, 0.05, 0.05, 0.15, 0.25),
    at("Shade", 4, 0, 0.8, 1, 0.2),
    at("Title", 5, 0.05, 0.83, 0.5, 0.12),
  ];
  const source = (id: string, version: number, name: string, settings: object) => ({
    ...{ id, versioned_id: version === 1 ? id : `${id}_v${version}`, name, settings },
  });
  return {
    ...{ name: "Bench", current_scene: "Scene", current_program_scene: "Scene" },
    ...{ scene_order: [{ name: "Scene" }], current_transition: "Cut", transition_duration: 300 },
    sources: [
      source("ffmpeg_source", 1, "Film", { local_file: film, is_local_file: true, looping: true }),
      source("slideshow", 1, "Slides", {
        ...{ files: slides.map((value) => ({ value, hidden: false, selected: false })) },
        ...{ slide_time: 2_000, transition: "fade", transition_speed: 700, loop: true },
      }),
      source("image_source", 1, "Logo", { file: logo }),
      source("color_source", 3, "Shade", { color: BLUE, width, height: height / 5 }),
      source("text_ft2_source", 2, "Title", {
        ...{ text: "Live from the workshop", color1: 0xffff_ffff, color2: 0xffff_ffff },
        font: { face: "DejaVu Sans", size: 48, style: "Bold", flags: 1 },
      }),
      source("scene", 1, "Scene", { items, id_counter: items.length, custom_size: false }),
    ],
  };
}

export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(path, JSON.stringify(value, null, 2));
}

function ffmpeg(...args: string[]): void {
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", ...args]);
}
