import { Button } from "@footlight/ui/button.tsx";
import { RadioCards } from "@footlight/ui/choice.tsx";
import { formatBitrate } from "@footlight/ui/format.ts";
import { Notice } from "@footlight/ui/notice.tsx";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { useEffect, useState } from "react";
import type { StudioSettings } from "../../../contract/studio-topics.ts";
import { presetOf, VIDEO_PRESETS } from "../../../model/video-presets.ts";
import { ENCODER_NAMES } from "../../state/encoder-names.ts";
import { MeasureAgain } from "../first-run/measure-again.tsx";
import { BitrateInput, NumberInput, Toggle } from "../parts/fields.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import type { ChangeSettings } from "./settings.tsx";

type Video = StudioSettings["video"];

export const VideoPane = ({ settings, change }: { settings: StudioSettings; change: ChangeSettings }) => {
  const studio = useStudio();
  const onAir = (useTopic("broadcast")?.state ?? "idle") !== "idle";
  const { video } = settings;
  const preset = presetOf(video);
  const [expert, setExpert] = useState(preset === undefined);
  const choose = (id: string) => {
    const next = VIDEO_PRESETS.find((one) => one.id === id);
    if (!next) return;
    const { width, height, fps, bitrateBps } = next;
    change({ video: { ...video, width, height, fps, bitrateBps } });
    void studio.do({ kind: "canvas", canvas: { width, height, fps }, scaleItems: true });
  };
  const [measuring, setMeasuring] = useState(false);
  if (measuring) return <MeasureAgain onClose={() => setMeasuring(false)} />;
  return (
    <div className="form">
      {onAir && <Notice>This takes effect with your next broadcast.</Notice>}
      <RadioCards
        name="preset"
        label="Picture"
        choices={VIDEO_PRESETS.map((one) => ({
          value: one.id,
          label: one.name,
          detail: `${one.why} ${formatBitrate(one.bitrateBps)}.`,
        }))}
        value={preset?.id ?? ""}
        onChange={choose}
      />
      <SelectField
        label="Sound"
        value={String(settings.audioBitrateBps)}
        options={[96_000, 128_000, 160_000, 192_000, 256_000, 320_000].map((bps) => ({
          value: String(bps),
          label: `${bps / 1000} kbps, stereo`,
        }))}
        onChange={(bps) => change({ audioBitrateBps: Number(bps) })}
      />
      <div className="form-actions">
        <Button size="sm" disabled={onAir} onClick={() => setMeasuring(true)}>
          Measure again
        </Button>
        <Button size="sm" aria-expanded={expert} onClick={() => setExpert(!expert)}>
          {expert ? "Hide expert values" : "Expert values"}
        </Button>
      </div>
      {expert && <ExpertForm video={video} change={change} />}
    </div>
  );
};

const ExpertForm = ({ video, change }: { video: Video; change: ChangeSettings }) => {
  const studio = useStudio();
  const probed = useTopic("encoders");
  const idle = useTopic("broadcast")?.state === "idle";
  const unknown = probed === null && idle;
  useEffect(() => {
    // Trial encodes take the machine for a second: not on air, and not before somebody wants to know.
    if (unknown) void studio.ask("encoders.probe", undefined);
  }, [studio, unknown]);
  const found = probed ?? [];
  const set = (part: Partial<Video>) => change({ video: { ...video, ...part } });
  const even = (value: number) => 2 * Math.round(value / 2);
  const names = new Set<Video["encoder"]>([
    "auto",
    "webcodecs",
    ...found.map((one) => one.name),
    video.encoder,
  ]);
  return (
    <div className="form">
      <div className="form-row">
        <NumberInput
          label="Width"
          value={video.width}
          min={160}
          max={7680}
          step={2}
          onChange={(width) => set({ width: even(width) })}
        />
        <NumberInput
          label="Height"
          value={video.height}
          min={90}
          max={4320}
          step={2}
          onChange={(height) => set({ height: even(height) })}
        />
        <NumberInput
          label="Pictures a second"
          value={video.fps}
          min={1}
          max={120}
          onChange={(fps) => set({ fps: Math.round(fps) })}
        />
        <BitrateInput bps={video.bitrateBps} onChange={(bitrateBps) => set({ bitrateBps })} />
      </div>
      <div className="form-row">
        <SelectField
          label="Encoder"
          value={video.encoder}
          options={[...names].map((name) => {
            const speed = found.find((one) => one.name === name);
            return {
              value: name,
              label: speed
                ? `${ENCODER_NAMES[name]}, ${Math.round(speed.fps720p)} fps at 720p`
                : ENCODER_NAMES[name],
            };
          })}
          onChange={(encoder) => set({ encoder })}
        />
        <SelectField
          label="Effort"
          value={video.effort}
          options={[
            { value: "light", label: "Light on the machine" },
            { value: "balanced", label: "Balanced" },
            { value: "best", label: "Best picture" },
          ]}
          onChange={(effort) => set({ effort })}
        />
        <NumberInput
          label="Seconds between keyframes"
          value={video.keyframeIntervalMs / 1000}
          min={0.25}
          max={10}
          step={0.25}
          onChange={(seconds) => set({ keyframeIntervalMs: Math.round(seconds * 1000) })}
        />
      </div>
      {video.keyframeIntervalMs !== 2000 && (
        <Notice tone="warn">
          Your Footlight server passes your picture through untouched with 2 seconds between keyframes. With
          other values it has to encode it again.
        </Notice>
      )}
      <Toggle
        label="B-frames"
        hint="A little better at the same bitrate; not for ultra delay, and never by WebCodecs"
        checked={video.bFrames}
        onChange={(bFrames) => set({ bFrames })}
      />
      <div className="form-actions">
        <Button size="sm" onClick={() => void studio.ask("encoders.probe", undefined)}>
          Try all encoders again
        </Button>
        <Button
          size="sm"
          onClick={() =>
            void studio.do({
              kind: "canvas",
              canvas: { width: video.width, height: video.height, fps: video.fps },
              scaleItems: true,
            })
          }
        >
          Make the canvas this size
        </Button>
      </div>
    </div>
  );
};
