import type { EngineBridge, PortNotice } from "../../contract/engine-bridge.ts";
import { type ToEngineControl, toEngineSchema } from "../../contract/engine-control.ts";
import type { Question } from "../../contract/engine-questions.ts";
import type { FromEngine, ToEngine } from "../../contract/media-port.ts";
import type { StudioDocument } from "../../model/document.ts";
import { answerTo } from "./answers.ts";
import { FrameClock, type FrameTime, type Ticker } from "./clock/frame-clock.ts";
import { Canvas2dCompositor } from "./compositor/canvas2d-compositor.ts";
import type { Compositor } from "./compositor/compositor.ts";
import { Stage } from "./compositor/stage.ts";
import { StingerDeck } from "./compositor/stinger-deck.ts";
import { Thumbnails } from "./compositor/thumbnails.ts";
import { hasGpu, Webgl2Compositor } from "./compositor/webgl2-compositor.ts";
import { Encodes } from "./encode/encodes.ts";
import { Monitor } from "./monitor.ts";
import { RenderFigures } from "./render-figures.ts";
import { SoundDesk } from "./sound/sound-desk.ts";
import { openSound } from "./sources/devices.ts";
import { makePictureSource } from "./sources/make-source.ts";
import { PageLinks } from "./sources/page-links.ts";
import { SourceSet } from "./sources/source-set.ts";
import { VideoSource } from "./sources/video-source.ts";
import { WindowFinder } from "./sources/window-finder.ts";
import { StageCall } from "./stage-call/stage-call.ts";
import { WhipPublishers } from "./whip/whip-publishers.ts";

/** Builds the engine's parts, joins them to main, the encoder's process and the control window, and unwinds them. */
export class Engine {
  readonly #clock: FrameClock;
  readonly #compositor: Compositor["kind"];
  readonly #stage: Stage;
  readonly #encodes = new Encodes((message) => this.#send(message));
  readonly #whip = new WhipPublishers((message) => this.bridge.send(message));
  readonly #monitor = new Monitor();
  readonly #thumbnails = new Thumbnails();
  readonly #call: StageCall;
  readonly #windows = new WindowFinder((message) => this.bridge.send(message));
  readonly #pages = new PageLinks((message) => this.bridge.send(message));
  readonly #figures: RenderFigures;
  #media: MessagePort | undefined;
  #document: StudioDocument | undefined;
  #shown: ReadonlySet<string> = new Set();
  readonly #talking = new Set<string>();
  readonly #elementOf: (sourceId: string) => HTMLMediaElement | undefined;
  #desk: SoundDesk | undefined;

  constructor(
    private readonly bridge: EngineBridge,
    ticker: Ticker,
  ) {
    const now = () => performance.now();
    this.#clock = new FrameClock(
      ticker,
      now,
      (time) => this.#frame(time),
      (frames, repeat) => this.#encodes.missed(frames, repeat),
    );
    this.#call = new StageCall({
      tell: (message) => bridge.send(message),
      returnSound: () => this.#desk?.returnTrack(),
    });
    const surroundings = {
      guests: this.#call.guests,
      canvasFps: () => this.#clock.fps,
      view: (sceneId: string) => this.#stage.view(sceneId),
      pages: this.#pages,
      windows: this.#windows,
    };
    const compositor = makeCompositor();
    this.#compositor = compositor.kind;
    const sources = new SourceSet(
      (settings, world) => makePictureSource(settings, world, surroundings),
      (id, report) => bridge.send({ kind: "source", id, ...report }),
      compositor.kind === "canvas2d",
    );
    this.#stage = new Stage(
      ...[sources, compositor, makeCompositor(), new StingerDeck((element) => this.#desk?.join(element))],
      { now, wallMs: () => Date.now() },
      (shown) => {
        this.#shown = shown;
        this.#mix();
      },
    );
    this.#elementOf = (id) => {
      const source = sources.get(id)?.inner;
      return source instanceof VideoSource ? source.element : undefined;
    };
    this.#figures = new RenderFigures(
      now,
      () => !this.#isIdle,
      (figures) => bridge.send({ kind: "figures", ...figures, droppedRender: this.#clock.droppedRender }),
    );
  }

  async start(): Promise<void> {
    this.#desk = await SoundDesk.create({
      elapsedMs: () => this.#clock.elapsedMs(),
      element: this.#elementOf,
      open: (id, settings) => (settings.kind === "browser" ? this.#pages.openSound(id) : openSound(settings)),
      send: (message) => this.#send(message),
      levels: (levels) => this.bridge.send({ kind: "levels", levels }),
      report: (id, report) => this.bridge.send({ kind: "source", id, ...report }),
      guests: this.#call.guests,
    });
    this.bridge.onMessage((message) => this.#obey(toEngineSchema.parse(message)));
    addEventListener("message", this.#takePort);
    this.bridge.send({ kind: "ready", compositor: this.#compositor });
  }

  async close(): Promise<void> {
    removeEventListener("message", this.#takePort);
    this.#figures[Symbol.dispose]();
    this.#clock.close();
    this.#encodes.close();
    this.#monitor.close();
    this.#stage.close();
    this.#pages.close();
    this.#media?.close();
    this.#call.close();
    await this.#whip.close();
    await this.#desk?.close();
  }

  readonly #takePort = ({ data, ports: [port], source }: MessageEvent<PortNotice>): void => {
    if (source !== window || port === undefined) return;
    if (data.studioPort === "monitor") {
      this.#monitor.attach(port);
      this.#thumbnails.forget();
    }
    if (data.studioPort === "page") this.#pages.take(data.sourceId, port);
    if (data.studioPort !== "media") return;
    this.#media?.close();
    // A fresh encoder's process knows of none of the old one's encodes.
    this.#encodes.close();
    this.#desk?.want([]);
    this.#media = port;
    port.onmessage = ({ data: message }: MessageEvent<ToEngine>) => this.#serve(message);
  };

  #obey(message: ToEngineControl): void {
    switch (message.kind) {
      case "document":
        this.#document = message.document;
        this.#stage.setDocument(message.document);
        this.#call.setDocument(message.document);
        this.#clock.setRate(message.document.canvas.fps);
        return;
      case "panic":
        this.#stage.panic(message.on);
        return;
      case "monitor":
        this.#monitor.wish(message);
        this.#stage.showPreview(message.width !== null);
        return;
      case "window":
        this.#windows.found(message);
        return;
      case "question":
        void this.#answer(message.id, message.question);
        return;
      case "push-to-talk":
        if (message.on) this.#talking.add(message.sourceId);
        else this.#talking.delete(message.sourceId);
        this.#mix();
        return;
      case "stage":
        this.#call.take(message.stage);
        return;
      case "stage-answer":
        this.#call.answer(message);
        return;
      case "stage-take-over":
        this.#call.takeOver();
        return;
      case "start-whip":
        this.#whip.start(message, this.#desk);
        return;
      case "stop-whip":
        this.#whip.stop(message.id);
        return;
      case "woken":
        this.#whip.reconnect();
        return;
    }
  }

  #serve(message: ToEngine): void {
    if (message.kind === "tracks") this.#desk?.want(message.tracks);
    else this.#encodes.handle(message);
  }

  async #answer(id: string, question: Question): Promise<void> {
    const answerer = { stage: this.#stage, film: this.#elementOf };
    const answer = await answerTo(question, answerer).catch(() => null);
    this.bridge.send({ kind: "answer", id, answer });
  }

  #mix(): void {
    if (this.#document === undefined) return;
    const panic = this.#stage.panicking;
    this.#desk?.set(this.#document, { shown: this.#shown, panic, talking: this.#talking });
  }

  /** Nobody wants a picture. */
  get #isIdle(): boolean {
    return this.#encodes.idle && this.#whip.idle && this.#call.idle && !this.#monitor.wanted;
  }

  #frame(time: FrameTime): void {
    this.#figures.reached();
    const document = this.#document;
    if (document === undefined || this.#isIdle) return;
    const beganMs = performance.now();
    const picture = this.#stage.compose(time);
    if (picture === undefined) return;
    this.#encodes.offer(picture);
    this.#whip.offer(picture);
    this.#call.offer(picture);
    this.#monitor.offer(time.ptsUs, document.canvas, {
      programme: () => picture,
      preview: () => this.#stage.composePreview(),
    });
    if (this.#monitor.takesThumbnail) this.#thumbnail(document, time);
    this.#figures.rendered(performance.now() - beganMs);
  }

  #thumbnail({ canvas, scenes }: StudioDocument, time: FrameTime): void {
    const next = this.#thumbnails.next(performance.now(), {
      ...{ canvas, ids: scenes.map(({ id }) => id) },
      view: (id) => this.#stage.view(id),
      advance: (id) => this.#stage.advance(id, time),
    });
    if (next !== undefined) this.#monitor.thumbnail(next);
  }

  #send(message: FromEngine): void {
    this.#media?.postMessage(message);
  }
}

function makeCompositor(): Compositor {
  try {
    if (hasGpu()) return new Webgl2Compositor();
  } catch {
    // A GPU that fails between two calls is none.
  }
  return new Canvas2dCompositor();
}
