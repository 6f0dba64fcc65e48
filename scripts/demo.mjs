import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { DemoChannel } from "./demo/channel.mjs";
import { Publisher } from "./demo/publisher.mjs";
import { DemoServer } from "./demo/server.mjs";
import { onPath } from "./setup/debian.mjs";
import { inRoot, root } from "./setup/paths.mjs";
import { SetupError, say } from "./setup/progress.mjs";
import { main, setup } from "./setup/setup.mjs";

const PLAYABLE_DEADLINE_MS = 30_000;

/** `npm run demo`: the whole product on a generated picture. Ctrl-C ends all of it. */
await main(async () => {
  const stopping = new AbortController();
  const stopped = new Promise((done) => stopping.signal.addEventListener("abort", done));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stopping.abort());

  await setup("demo");
  if (stopping.signal.aborted) return;
  const dataDir = resolve(root, process.env["DATA_DIR"] ?? "data/demo");
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const host = process.env["HOST"] ?? "0.0.0.0";
  const anyAddress = host === "0.0.0.0" || host === "::";
  const url = `http://${anyAddress ? "localhost" : host}:${process.env["PORT"] ?? "8080"}`;
  // An address, no name: the bundled ffmpeg is linked statically and crashes when it looks names up.
  const rtmp = `rtmp://${anyAddress ? "127.0.0.1" : host}:${process.env["RTMP_PORT"] ?? "1935"}/live`;
  say(`starting the server (data in ${dataDir}) …`);
  const server = new DemoServer({ dataDir, env: process.env, url });
  /** @type {Publisher | undefined} */
  let publisher;
  try {
    await server.ready(stopping.signal);
    if (stopping.signal.aborted) return;
    const channel = new DemoChannel(url, dataDir);
    await channel.signIn();
    const stream = await channel.startStream();
    const ffmpeg = createRequire(inRoot("apps/server/package.json"))("@ffmpeg-installer/ffmpeg").path;
    publisher = new Publisher({ ffmpeg, url: `${rtmp}/${stream.stream_key}` });
    say("publishing a generated picture through RTMP …");
    publisher.start();
    await playable(channel, stream.stream_id, publisher, stopping.signal);
    if (stopping.signal.aborted) return;
    announce({ url, channel, rtmp, key: stream.stream_key, ffmpeg: onPath("ffmpeg") ? "ffmpeg" : ffmpeg });
    pauseOnEnter(publisher);
    const code = await Promise.race([stopped, server.gone]);
    if (!stopping.signal.aborted) {
      throw new SetupError(`The server ended (${code}); its log: ${server.logFile}\n${server.complaint}`);
    }
  } finally {
    say("stopping …");
    process.stdin.destroy();
    await publisher?.stop();
    await server.stop();
    say("stopped");
  }
});

/**
 * @param {DemoChannel} channel
 * @param {string} streamId
 * @param {Publisher} publisher
 * @param {AbortSignal} signal
 */
async function playable(channel, streamId, publisher, signal) {
  const deadline = Date.now() + PLAYABLE_DEADLINE_MS;
  while (!signal.aborted && !(await channel.isPlayable(streamId))) {
    if (Date.now() > deadline) {
      throw new SetupError(
        `Nothing to play after ${PLAYABLE_DEADLINE_MS / 1_000} s. ffmpeg said:\n${publisher.lastWords}`,
      );
    }
    await new Promise((wait) => setTimeout(wait, 200));
  }
}

/** @param {{ url: string, channel: DemoChannel, rtmp: string, key: string, ffmpeg: string }} facts */
function announce({ url, channel, rtmp, key, ffmpeg }) {
  say("playable");
  console.log(`
  Watch         ${url}/${channel.username}
  Sign in       ${channel.username}  ${channel.password}

  Your own picture takes the channel when the generated one pauses (press Enter here):
  OBS           Settings, Stream, Service: Custom
                Server      ${rtmp}
                Stream key  ${key}
  A file        ${ffmpeg} -re -stream_loop -1 -i FILE -c:v libx264 -preset veryfast -pix_fmt yuv420p \\
                  -g 60 -c:a aac -f flv ${rtmp}/${key}

  Ctrl-C ends everything.
`);
}

/** One key for both ways, because a second encoder with the channel's key is refused while one sends. @param {Publisher} publisher */
function pauseOnEnter(publisher) {
  if (!process.stdin.isTTY) return;
  process.stdin.on("data", () => {
    if (publisher.wanted) {
      say("generated picture paused; Enter brings it back");
      void publisher.stop();
    } else {
      say("generated picture comes back");
      publisher.start();
    }
  });
}
