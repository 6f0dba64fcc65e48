/**
 * Pictures of every page with real media, wide and narrow, dark and light. By hand:
 * `npx tsx apps/web-viewer/e2e/screenshots.ts [folder]`; with `--docs` it also renews docs/images.
 */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { FfmpegPublisher } from "../../server/src/testing/ffmpeg-publisher.ts";
import { House, until } from "./house.ts";
import { signUpThrough } from "./sign-up.ts";
import { phaseIs, playing } from "./watch-tools.ts";

const DOCS = fileURLToPath(new URL("../../../docs/images", import.meta.url));
const MOST_BYTES = 600_000;
const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Generated pictures that are nicer to look at than a test pattern. */
const PICTURES = {
  fractal: [
    "mandelbrot=s=1280x720:r=30:start_x=-0.743643887:start_y=0.131825904:start_scale=0.012:end_scale=0.004",
    ":end_pts=600:maxiter=1200:inner=black:outer=normalized_iteration_count,format=gray,format=yuv444p,pseudocolor=preset=magma",
  ].join(""),
  night: "gradients=s=1280x720:r=30:n=4:c0=#04121f:c1=#0e4d64:c2=#1fa187:c3=#fde725:speed=0.01:seed=9",
} as const;

const [folderArgument] = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const folder = folderArgument ?? (await mkdtemp(join(tmpdir(), "footlight-screenshots-")));
await mkdir(folder, { recursive: true });

// Drawn beforehand: two cores have enough to do with two streams and a browser.
const films = { fractal: await film("fractal"), night: await film("night") };
await using house = await House.open();
const { server, browser } = house;
const page = await browser.context.newPage();
// The first account is the operator's.
await signUpThrough(page, server.url, "mira");

const publishers: FfmpegPublisher[] = [];
try {
  await goLive("juno", "Late-night generative art, slowly", "Art", films.night);
  const key = await describeChannel();
  publishers.push(FfmpegPublisher.start("ffmpeg", films.fractal, server.rtmpUrl(key)));
  await page.getByTestId("health").getByText("30 fps").waitFor({ timeout: 60_000 });
  await page.goto(`${server.url}/`);
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll<HTMLImageElement>(".stream-image")].filter(
        (image) => image.naturalWidth > 0,
      ).length === 2,
    undefined,
    { timeout: 60_000 },
  );

  const signedIn: Views = {
    home: ["/", () => page.waitForFunction(() => document.querySelectorAll(".stream-image").length === 2)],
    dashboard: ["/dashboard", () => playing(page)],
    settings: ["/settings", () => page.getByRole("heading", { level: 1 }).waitFor()],
    operator: ["/operator", () => page.getByRole("heading", { level: 1 }).waitFor()],
  };
  const visiting: Views = {
    watch: ["/mira", () => playing(page)],
    offline: ["/quiet", () => phaseIs(page, "offline")],
    search: [
      "/search?q=art",
      () => page.waitForFunction(() => document.querySelector(".stream-image") !== null),
    ],
    missing: ["/nobody_here", () => page.getByRole("heading", { level: 1 }).waitFor()],
    login: ["/login", () => page.getByLabel("Password", { exact: true }).waitFor()],
    signup: ["/signup", () => page.getByLabel("E-mail").waitFor()],
  };
  await house.streamer("quiet");
  await takeAll(signedIn);
  await browser.context.clearCookies();
  await takeAll(visiting);
  if (process.argv.includes("--docs")) {
    for (const name of ["watch", "dashboard"])
      await keep(join(folder, `${name}-1440-dark.png`), join(DOCS, `${name}.png`));
  }
} finally {
  await Promise.all(publishers.map((publisher) => publisher.stop()));
}
process.stdout.write(`${folder}\n`);

type Views = Readonly<Record<string, readonly [path: string, ready: () => Promise<unknown>]>>;

/** Twenty seconds of a picture as a file; what publishes it round and round. */
async function film(name: keyof typeof PICTURES): Promise<readonly string[]> {
  const file = join(folder, `${name}.mp4`);
  await promisify(execFile)("ffmpeg", [
    ...["-y", "-loglevel", "error", "-f", "lavfi", "-i", PICTURES[name], "-f", "lavfi", "-i", "sine=220"],
    ...["-t", "20", "-c:v", "libx264", "-preset", "veryfast", "-bf", "0", "-g", "60", "-sc_threshold", "0"],
    ...["-b:v", "3000k", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ar", "48000", file],
  ]);
  return ["-re", "-stream_loop", "-1", "-i", file, "-c", "copy"];
}

async function goLive(username: string, title: string, category: string, picture: readonly string[]) {
  const { rest } = await house.streamer(username);
  const { stream_id, stream_key } = await rest.startStream({ title, category, tags: ["chill", "english"] });
  publishers.push(FfmpegPublisher.start("ffmpeg", picture, server.rtmpUrl(stream_key)));
  await until(`${username} to be live`, async () => (await rest.playback(stream_id)).qualities.length > 0);
}

/** Fills in what the dashboard asks for; the channel's stream key. */
async function describeChannel(): Promise<string> {
  await page.goto(`${server.url}/dashboard`);
  await page.getByLabel("Title").fill("Painting with light: a fractal from nothing but maths");
  await page.getByLabel("Category").fill("Art");
  await page.getByLabel("Tags").fill("generative, ambient, english");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByTestId("reveal-key").click();
  await page.waitForFunction(
    () => !document.querySelector('[data-testid="stream-key"]')?.textContent?.includes("•"),
  );
  return (await page.getByTestId("stream-key").textContent()) ?? "";
}

async function takeAll(views: Views): Promise<void> {
  for (const [name, [path, ready]] of Object.entries(views)) {
    await page.goto(server.url + path);
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewportSize(viewport);
      for (const colorScheme of ["dark", "light"] as const) {
        await page.emulateMedia({ colorScheme });
        // Taking the last picture may have cost the player its breath.
        await ready();
        await settled(page);
        await page.screenshot({ path: join(folder, `${name}-${viewport.width}-${colorScheme}.png`) });
        if (viewport === PHONE || name === "dashboard" || name === "settings") {
          const path = join(folder, `${name}-${viewport.width}-${colorScheme}-full.png`);
          await page.screenshot({ path, fullPage: true });
        }
      }
    }
  }
}

/** Colours and shapes fade for a moment. */
async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document.getAnimations().every((one) => !(one instanceof CSSTransition) || one.playState === "finished"),
  );
}

/** For the docs: as it is when it is small enough, else in 256 colours. */
async function keep(from: string, to: string): Promise<void> {
  await mkdir(DOCS, { recursive: true });
  if ((await stat(from)).size <= MOST_BYTES) return copyFile(from, to);
  const filter = "split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=dither=bayer:bayer_scale=5";
  await promisify(execFile)("ffmpeg", ["-y", "-loglevel", "error", "-i", from, "-vf", filter, to]);
  const { size } = await stat(to);
  if (size > MOST_BYTES) throw new Error(`${to} has ${size} bytes, more than ${MOST_BYTES}`);
}
