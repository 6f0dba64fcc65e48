import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer, AnswerTo } from "../src/contract/engine-questions.ts";
import type { StudioSettings, TopicSnapshot } from "../src/contract/studio-topics.ts";
import type { Collections } from "../src/main/document/collections.ts";
import type { DocumentKeeper } from "../src/main/document/document-keeper.ts";
import { openDocument } from "../src/main/document/open-document.ts";
import { Topics } from "../src/main/ipc/topics.ts";
import { RemoteControl } from "../src/main/remote/remote-control.ts";
import { DisposalStack } from "../src/main/system/disposal.ts";
import { defaultSettings } from "../src/main/system/preferences.ts";
import { defaultDocument, filling } from "../src/model/default-document.ts";
import { RemoteClient } from "../src/testing/remote-client.ts";

export const PASSWORD = "correct horse";

/** The remote control over a real profile, with outputs that only remember what they were told. */
export class RemoteHouse implements AsyncDisposable {
  readonly clients: RemoteClient[] = [];
  readonly done: string[] = [];
  settings: StudioSettings = defaultSettings("/videos");
  onAir = false;
  replay = { on: false, saving: false };
  /** The engine's, to whatever it is asked. */
  answer: Answer = null;

  private constructor(
    readonly folder: string,
    readonly topics: Topics,
    readonly keeper: DocumentKeeper,
    readonly collections: Collections,
    private readonly stack: DisposalStack,
  ) {}

  /** A scene with a test picture and a microphone that is heard everywhere, and a second scene. */
  static async open(): Promise<RemoteHouse> {
    const folder = await mkdtemp(join(tmpdir(), "footlight-remote-"));
    const topics = new Topics();
    topics.publish("sources", { "test-picture": { state: "live", width: 1280, height: 720 } });
    const stack = new DisposalStack((_name, error) => {
      throw error;
    });
    const fresh = async () => {
      const plain = defaultDocument({ displayId: null, microphoneId: "default" });
      const second = { id: "second", name: "Second", items: [filling("item", "test-picture", plain.canvas)] };
      return { ...plain, scenes: [...plain.scenes, second] };
    };
    const { keeper, collections } = await openDocument(folder, topics, stack, fresh);
    const house = new RemoteHouse(folder, topics, keeper, collections, stack);
    await house.#listen();
    return house;
  }

  #remote: RemoteControl | undefined;

  async #listen(): Promise<void> {
    const did = (what: string) => () => void this.done.push(what);
    const idle: TopicSnapshot<"broadcast"> = {
      ...{ state: "idle", liveSinceMs: null, fault: null, watchUrl: null, rehearsal: false, panic: false },
    };
    const recording: TopicSnapshot<"recording"> = {
      ...{ state: "idle", path: null, bytes: 0, durationMs: 0, leftMs: null },
      ...{ diskLow: false, fault: null, remux: null },
    };
    this.#remote = new RemoteControl({
      ...{ keeper: this.keeper, collections: this.collections, topics: this.topics },
      outputs: {
        broadcast: () => ({ ...idle, state: this.onAir ? "live" : "idle" }),
        targets: () => [],
        recording: () => recording,
        engine: () => ({ cpuPercent: 1, memoryBytes: 1, fps: 30, renderMs: 1 }) as never,
        figures: () => ({ sentBytes: 0, frames: 0, droppedNetwork: 0, queuedMs: 0 }) as never,
        recordingFolder: () => this.settings.recording.folder,
        startBroadcast: async () => {
          this.done.push("start");
          this.onAir = true;
          return null;
        },
        stopBroadcast: async () => void this.done.push("stop"),
        startRecording: async () => null,
        stopRecording: async () => null,
        pauseRecording: did("pause"),
        splitRecording: did("split"),
        mark: () => null,
        service: () => null,
        setService: () => null,
      },
      replay: {
        state: () => this.replay,
        start: () => {
          this.#replay(true);
          return null;
        },
        stop: () => this.#replay(false),
        save: async () => {
          this.topics.tell("replay_saved", "/videos/Replay.mp4");
          return null;
        },
      },
      engine: {
        ask: async (question) => {
          this.done.push(JSON.stringify(question));
          return this.answer as AnswerTo<typeof question>;
        },
      },
      config: {
        settings: () => this.settings,
        change: (change) => {
          this.settings = { ...this.settings, ...change };
        },
        isRunning: () => this.onAir,
      },
      general: {
        version: "1",
        panic: did("panic"),
        press: (accelerator) => {
          this.done.push(accelerator);
          return accelerator === "Control+Shift+F9";
        },
        displays: () => [{ label: "screen", bounds: { x: 0, y: 0, width: 1280, height: 800 } }],
      },
      log: { info: () => {}, warn: (facts) => this.done.push(JSON.stringify(facts)) },
    });
    await this.#remote.wish({ port: 0, password: PASSWORD });
  }

  #replay(on: boolean): void {
    this.replay = { on, saving: false };
    this.topics.publish("replay", this.replay);
  }

  get port(): number {
    return this.#remote?.port ?? 0;
  }

  async connect(password = PASSWORD, identify = {}, subprotocol?: string): Promise<RemoteClient> {
    const client = await RemoteClient.connect(this.port, password, identify, subprotocol);
    this.clients.push(client);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.clients) client.close();
    await this.#remote?.[Symbol.asyncDispose]();
    await this.stack[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}
