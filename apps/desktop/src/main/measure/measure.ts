import type { UploadResult } from "../../contract/studio-calls.ts";
import type { EncodersSnapshot } from "../../contract/studio-topics.ts";
import type { Account } from "../account/account.ts";
import type { Topics } from "../ipc/topics.ts";
import type { EncoderHost } from "../processes/encoder-host.ts";
import { testUpload } from "./upload-test.ts";

/** Trial encodes of all candidates in all sizes; on a slow machine each takes its longest. */
const ENCODERS_MS = 90_000;

interface World {
  readonly topics: Pick<Topics, "publish" | "latest" | "listen">;
  readonly account: Pick<Account, "client">;
  readonly encoder: () => Pick<EncoderHost, "reached" | "send">;
}

/** What the studio finds out about the line and the machine, when somebody asks for it. Never on air. */
export class Measure implements Disposable {
  #upload: AbortController | undefined;
  readonly #closing = new AbortController();

  constructor(private readonly world: World) {
    world.topics.publish("uploadTest", null);
  }

  /** A second one ends the first: they would measure each other. */
  async upload(): Promise<UploadResult> {
    this.cancel();
    const { topics, account } = this.world;
    const sink = account.client()?.uploadTest;
    if (sink === undefined) return { result: "failed", fault: "not_signed_in", retryAfterS: null };
    if (this.#isOnAir) return { result: "failed", fault: "on_air", retryAfterS: null };
    const upload = new AbortController();
    this.#upload = upload;
    const signal = AbortSignal.any([upload.signal, this.#closing.signal]);
    const result = await testUpload(
      sink,
      (course) => {
        if (!signal.aborted) topics.publish("uploadTest", course);
      },
      signal,
    );
    if (this.#upload === upload) {
      this.#upload = undefined;
      topics.publish("uploadTest", null);
    }
    return result;
  }

  cancel(): void {
    this.#upload?.abort();
  }

  /** Trial encodes take the whole machine for some seconds. Null: there is no encoder to ask, or one is on air. */
  async encoders(): Promise<EncodersSnapshot | null> {
    const { topics, encoder } = this.world;
    if (this.#isOnAir || !(await encoder().reached(this.#closing.signal))) return null;
    const before = topics.latest("encoders");
    return await new Promise((resolve) => {
      const settle = (encoders: EncodersSnapshot | null) => {
        clearTimeout(late);
        this.#closing.signal.removeEventListener("abort", giveUp);
        unlisten();
        resolve(encoders);
      };
      const giveUp = () => settle(null);
      const late = setTimeout(giveUp, ENCODERS_MS);
      this.#closing.signal.addEventListener("abort", giveUp);
      let isListening = false;
      const unlisten = topics.listen((topic) => {
        if (!isListening) return;
        const found = topics.latest("encoders");
        if (topic === "encoders" && found !== undefined && found !== before) settle(found);
        // It died over a trial.
        if (topic === "engine" && topics.latest("engine")?.encoder !== "ready") giveUp();
      });
      isListening = true;
      encoder().send({ kind: "probe" });
    });
  }

  get #isOnAir(): boolean {
    return (this.world.topics.latest("broadcast")?.state ?? "idle") !== "idle";
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }
}
