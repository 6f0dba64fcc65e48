import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../setup/progress.mjs";

const USERNAME = "demo";

/** The demo streamer through the public API, as anybody's program would do it. */
export class DemoChannel {
  /** @param {string} url @param {string} dataDir */
  constructor(url, dataDir) {
    this.url = url;
    this.file = join(dataDir, "demo-account.json");
    this.username = USERNAME;
    this.password = "";
    this.token = "";
  }

  /** Makes the account in a fresh data folder; in a kept one signs in with the kept password. */
  async signIn() {
    if (existsSync(this.file)) {
      this.password = JSON.parse(readFileSync(this.file, "utf8")).password;
    } else {
      this.password = randomBytes(9).toString("base64url");
      // Written first: an account whose password nobody knows would lock the folder.
      writeFileSync(this.file, JSON.stringify({ username: USERNAME, password: this.password }), {
        mode: 0o600,
      });
    }
    const { username, password } = this;
    const session = /** @type {{ token: string } | undefined} */ (
      (await this.#call("POST", "/api/v1/sessions", { username, password }, [401])) ??
        (await this.#call("POST", "/api/v1/users", { username, password, email: "demo@example.com" }, [409]))
    );
    if (session === undefined) {
      throw new SetupError(
        `The account "${username}" has another password than ${this.file} says: ` +
          "set it there, or choose a fresh folder with DATA_DIR.",
      );
    }
    this.token = session.token;
  }

  /**
   * Announces the broadcast. One that an earlier demo left behind may still be waiting for its encoder.
   * @returns {Promise<{ stream_id: string, stream_key: string }>}
   */
  async startStream() {
    const body = { title: "A clock and a tone", category: "Demo", tags: ["demo"] };
    for (let attempt = 0; attempt < 30; attempt++) {
      const stream = await this.#call("POST", "/api/v1/streams/start", body, [409]);
      if (stream !== undefined) return /** @type {{ stream_id: string, stream_key: string }} */ (stream);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    throw new SetupError("The demo channel is live already: stop what publishes to it.");
  }

  /** True when a first segment can be had. @param {string} streamId */
  async isPlayable(streamId) {
    const playback = await this.#call("GET", `/api/v1/streams/${streamId}/playback`);
    const master = /** @type {{ playback_urls: { hls: string | null } }} */ (playback).playback_urls.hls;
    if (!master) return false;
    const url = new URL(master, this.url);
    const list = await text(url);
    const first = list?.split("\n").find((line) => line !== "" && !line.startsWith("#"));
    return first !== undefined && ((await text(new URL(first, url)))?.includes("#EXTINF") ?? false);
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {readonly number[]} [expected] statuses that are no fault; they give undefined
   * @returns {Promise<unknown>}
   */
  async #call(method, path, body, expected = []) {
    const answer = await fetch(this.url + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (expected.includes(answer.status)) return undefined;
    if (!answer.ok)
      throw new SetupError(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}

/** @param {URL} url */
async function text(url) {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.ok ? answer.text() : undefined;
}
