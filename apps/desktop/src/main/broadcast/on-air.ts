import type { FromEncoder } from "../../contract/encoder-control.ts";
import type { FromEngineControl } from "../../contract/engine-control.ts";
import type { StudioSettings } from "../../contract/studio-topics.ts";
import type { Account } from "../account/account.ts";
import type { Topics } from "../ipc/topics.ts";
import type { MediaProcesses } from "../processes/media-processes.ts";
import type { ProcessState } from "../processes/readiness.ts";
import type { Preferences } from "../system/preferences.ts";
import { AudienceWatch } from "./audience-watch.ts";
import { BackfillBook } from "./backfill-book.ts";
import { Broadcast, type Side } from "./broadcast.ts";
import { gather } from "./destinations.ts";
import { encodePlan } from "./encode-plan.ts";
import { Recording } from "./recording.ts";
import { Replay } from "./replay.ts";
import type { TargetBook } from "./target-book.ts";

interface World {
  readonly topics: Topics;
  readonly preferences: Preferences;
  readonly account: Account;
  readonly book: TargetBook;
  /** Folder for what a broken line keeps back. */
  readonly spools: string;
  /** Made after this one, because it reports to it. */
  readonly processes: () => Pick<MediaProcesses, "engine" | "encoder">;
}

/** What goes out and what is recorded, and what the window is told of it. */
export class OnAir implements AsyncDisposable {
  readonly broadcast: Broadcast;
  readonly recording: Recording;
  readonly replay: Replay;
  readonly #audience: AudienceWatch;
  #states: MediaProcesses["states"] = { engine: "starting", encoder: "starting" };
  readonly #backfills = new BackfillBook();
  readonly #deaf: () => void;
  #panic = false;
  /** The recording began with the broadcast, and ends with it. */
  #recordsAlong = false;

  constructor(private readonly world: World) {
    const { topics, preferences, account, book, spools } = world;
    const encoder = later(() => world.processes().encoder);
    const engine = later(() => world.processes().engine);
    this.#audience = new AudienceWatch((audience) => topics.publish("audience", audience));
    this.broadcast = new Broadcast({
      encoder,
      engine,
      gather: (stream, signal) => gather({ book, account, spools }, stream, signal),
      plan: ({ latencyMode }) => ({
        encode: this.#plan({ latencyMode }),
        audioBitrateBps: preferences.values.settings.audioBitrateBps,
      }),
      onChange: () => this.publish(),
    });
    this.recording = new Recording({
      encoder,
      settings: () => preferences.values.settings,
      encode: () => this.#plan({ bitrateBps: preferences.values.settings.recording.bitrateBps }),
      onChange: (snapshot) => {
        if (snapshot.state === "idle") this.#recordsAlong = false;
        topics.publish("recording", snapshot);
      },
      onNews: (code, path, cause) => topics.tell(code, cause ?? path),
    });
    this.replay = new Replay({
      encoder,
      folder: () => preferences.values.settings.recording.folder,
      seconds: () => preferences.values.settings.recording.replayS,
      encode: () => this.#plan({ latencyMode: preferences.values.settings.stream.latencyMode }),
      onChange: (snapshot) => topics.publish("replay", snapshot),
      onNews: (code, detail) => topics.tell(code, detail),
    });
    preferences.onChange(() => this.replay.settingsChanged());
    this.#deaf = topics.listen((topic) => {
      if (topic === "account") this.recover();
    });
    this.publish();
  }

  async start(
    stream: StudioSettings["stream"] = this.world.preferences.values.settings.stream,
    rehearsal = false,
  ) {
    this.world.preferences.changeSettings({ stream });
    this.#backfills.begin();
    const fault = await this.broadcast.start({ ...stream, rehearsal });
    if (fault === null && stream.record) await this.#recordAlong();
    return fault;
  }

  /** Changes what the stream on air is called; the server's code when it refuses. */
  async describe(words: Pick<StudioSettings["stream"], "title" | "category" | "tags">) {
    const client = this.broadcast.announced?.client;
    if (client === undefined) return "stream_not_live";
    const answer = await client.describe(words);
    if (!answer.ok) return answer.fault === "refused" ? answer.detail : answer.fault;
    const { preferences } = this.world;
    preferences.changeSettings({ stream: { ...preferences.values.settings.stream, ...words } });
    return null;
  }

  get panic(): boolean {
    return this.#panic;
  }

  setPanic(on: boolean): void {
    this.#panic = on;
    this.world.processes().engine.send({ kind: "panic", on });
    if (on) void this.broadcast.dropHeld();
    this.publish();
  }

  /** What runs where in vain is told at once, and what the encoder kept before is sent by the next one. */
  takeStates({ engine, encoder }: MediaProcesses["states"]): void {
    const { engine: engineWas, encoder: encoderWas } = this.#states;
    this.#states = { engine, encoder };
    if (engine !== engineWas && isAway(engine)) this.#lost("engine", engine);
    if (encoder !== encoderWas && isAway(encoder)) this.#lost("encoder", encoder);
    if (encoder === "ready" && encoder !== encoderWas) this.recover();
  }

  /** What an encoder of before kept for the server that is signed in to now. */
  recover(): void {
    if (this.#states.encoder !== "ready") return;
    const { account, spools } = this.world;
    const { server, token } = account.client()?.credentials ?? {};
    if (server !== undefined && token !== undefined)
      this.world.processes().encoder.send({ kind: "recover-backfill", server, token, folder: spools });
  }

  /** The machine has slept: connections are dead, whatever they look like, and clocks have jumped. */
  woken(): void {
    this.world.processes().encoder.send({ kind: "woken" });
    this.world.processes().engine.send({ kind: "woken" });
  }

  /** Engine or encoder has come back from a crash. */
  async resume(which: "engine" | "encoder"): Promise<void> {
    this.world.topics.tell(which === "engine" ? "engine_restarted" : "encoder_restarted");
    this.broadcast.resume(which === "engine" ? "whip" : "rtmp");
    if (which === "encoder") {
      this.replay.resume();
      await this.recording.resume();
    }
  }

  take(message: FromEncoder | FromEngineControl): void {
    switch (message.kind) {
      case "target":
        this.broadcast.takeTarget(message.id, message.state);
        break;
      case "whip":
        this.broadcast.takeWhip(message);
        break;
      case "whip-figures": {
        const { id, bitrateBps, sentBytes, frames, dropped, queuedMs } = message;
        this.broadcast.takeFigures(id, { bitrateBps, sentBytes, frames, droppedNetwork: dropped, queuedMs });
        break;
      }
      case "backfill": {
        const news = this.#backfills.take(message);
        if (news) this.world.topics.tell(news.code, news.detail);
        this.publish();
        break;
      }
      case "fault":
        this.#takeFault(message.area, message.cause);
        break;
      case "remux":
        this.recording.takeRemux(message);
        break;
      case "recording":
        this.recording.take(message);
        break;
      case "replay":
        this.replay.take(message);
        break;
      default:
    }
  }

  takeFigures(message: Extract<FromEncoder, { kind: "figures" }>): void {
    for (const { id, ...figures } of message.targets) this.broadcast.takeFigures(id, figures);
    this.recording.takeFigures(message.recording);
  }

  publish(): void {
    const { topics, book } = this.world;
    this.#audience.watch(this.broadcast.announced?.client);
    const broadcast = this.broadcast.snapshot();
    if (this.#recordsAlong && broadcast.state === "idle") {
      this.#recordsAlong = false;
      this.recording.stop();
    }
    topics.publish("broadcast", { ...broadcast, panic: this.#panic });
    topics.publish(
      "targets",
      book.all().map((target) => ({
        ...target,
        ...this.broadcast.target(target.id),
        backfill: this.#backfills.of(target.id),
      })),
    );
  }

  #lost(which: "engine" | "encoder", state: ProcessState): void {
    const forGood = state === "failed";
    if (forGood) this.world.topics.tell(`${which}_failed`);
    this.broadcast.lose(which === "engine" ? "whip" : "rtmp", forGood);
    if (which === "encoder" && forGood) this.recording.lose();
  }

  #takeFault(area: string, cause: string): void {
    const { topics } = this.world;
    if (area === "disk-low") topics.tell("disk_nearly_full", cause);
    if (area === "spool") topics.tell("spool_full", cause);
    if (area === "encoder-hopeless") topics.tell("encoder_hopeless", cause);
  }

  async #recordAlong(): Promise<void> {
    if (this.recording.snapshot.state !== "idle") return;
    const fault = await this.recording.start();
    if (fault === null) this.#recordsAlong = true;
    else this.world.topics.tell("recording_failed", fault);
  }

  #plan(options: Parameters<typeof encodePlan>[2]) {
    return encodePlan(
      this.world.preferences.values.settings,
      this.world.topics.latest("encoders") ?? [],
      options,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.recording.stop();
    this.#deaf();
    this.#audience[Symbol.dispose]();
    await this.broadcast[Symbol.asyncDispose]();
  }
}

/** A process that is made after those who speak to it. */
const later = <Message>(process: () => Side<Message>): Side<Message> => ({
  get isReady() {
    return process().isReady;
  },
  reached: (signal) => process().reached(signal),
  send: (message) => process().send(message),
});

const isAway = (state: ProcessState): boolean => state === "restarting" || state === "failed";
