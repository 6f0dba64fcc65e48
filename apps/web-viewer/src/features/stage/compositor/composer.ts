import { arrange } from "@footlight/realtime/stage/layouts.ts";
import type { MediaSource } from "@footlight/shared";
import type { LocalDevices } from "../media/local-devices.ts";
import { type StageItem, stageItems } from "../stage-items.ts";
import type { StageSeat } from "../stage-seat.ts";
import { type CanvasTrack, openCanvasTrack } from "./canvas-track.ts";
import { startFrameClock } from "./frame-clock.ts";
import { type FrameSource, openFrameSource } from "./frame-source.ts";
import { paintStage } from "./painter.ts";
import { SoundMixer } from "./sound-mixer.ts";
import { WhipSender } from "./whip-sender.ts";

const SIZE = { width: 1280, height: 720, gap: 8 };
const FPS = 30;
const HEARD: ReadonlySet<MediaSource> = new Set(["microphone", "screen_audio"]);

/** Makes the programme of the stage in this browser, and publishes it. */
export class Composer {
  readonly sender: WhipSender;
  readonly #canvas = Object.assign(document.createElement("canvas"), {
    width: SIZE.width,
    height: SIZE.height,
  });
  readonly #paint: CanvasRenderingContext2D;
  readonly #mixer = new SoundMixer();
  readonly #picture: CanvasTrack;
  readonly #sources = new Map<MediaStreamTrack, FrameSource>();
  readonly #stops: (() => void)[] = [];
  #items: readonly StageItem[] = [];

  constructor(
    private readonly seat: StageSeat,
    private readonly devices: LocalDevices,
    whip: { readonly url: string; readonly fetchKey: () => Promise<string> },
  ) {
    const paint = this.#canvas.getContext("2d", { alpha: false });
    if (paint === null) throw new Error("no canvas");
    this.#paint = paint;
    this.#picture = openCanvasTrack(this.#canvas);
    this.sender = new WhipSender(whip.url, whip.fetchKey, [this.#picture.track, this.#mixer.track]);
    this.#stops.push(
      seat.view.subscribe(() => this.#look()),
      devices.state.subscribe(() => this.#look()),
    );
    this.#look();
    this.#draw();
    this.#stops.push(startFrameClock(FPS, () => this.#draw()));
    seat.composes(this.#mixer.track);
    this.sender.start();
  }

  close(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.sender.close();
    this.seat.composes(null);
    for (const source of this.#sources.values()) source.close();
    this.#sources.clear();
    this.#picture.close();
    this.#mixer.close();
  }

  /** Who is to be seen and heard has changed. */
  #look(): void {
    const view = this.seat.view.get();
    const local = this.devices.state.get();
    this.#items = stageItems(view, local, { programme: true });
    const shown = new Set(this.#items.flatMap(({ track }) => track ?? []));
    for (const [track, source] of this.#sources) {
      if (shown.has(track)) continue;
      source.close();
      this.#sources.delete(track);
    }
    for (const track of shown) {
      if (!this.#sources.has(track)) this.#sources.set(track, openFrameSource(track));
    }
    this.#mixer.mix(new Set(this.#heard()));
  }

  /** Everybody who is shown; one's own voice from the device, not from the server. */
  #heard(): MediaStreamTrack[] {
    const { stage, me, tracks, screen } = this.seat.view.get();
    const { microphone } = this.devices.state.get();
    const others = Object.entries(stage?.participants ?? {})
      .filter(([id, { hidden }]) => id !== me && !hidden)
      .flatMap(([, { producers }]) => Object.entries(producers))
      .filter(([, { source }]) => HEARD.has(source))
      .flatMap(([id]) => tracks.get(id) ?? []);
    return [...(microphone.track ? [microphone.track] : []), ...(screen?.getAudioTracks() ?? []), ...others];
  }

  #draw(): void {
    const { stage } = this.seat.view.get();
    const layout = stage?.layout ?? { kind: "grid", spotlight: null };
    const items = new Map(this.#items.map((item) => [item.id, item]));
    const painted = arrange(layout, this.#items, SIZE, stage?.activeSpeaker ?? null).map((place) => {
      const item = items.get(place.id);
      const source = item?.track ? this.#sources.get(item.track) : undefined;
      return { ...place, name: item?.name ?? "", frame: source?.frame ?? null };
    });
    const title = stage?.host.displayName ?? "";
    paintStage(this.#paint, painted, { title, text: "will be right back" });
    this.#picture.push();
  }
}
