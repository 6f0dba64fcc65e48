import { avcCodecString, buildAvcConfig } from "@footlight/protocols/h264/avc-config.ts";
import { BitstreamError } from "@footlight/protocols/h264/bit-reader.ts";
import { toLengthPrefixed } from "@footlight/protocols/h264/nal.ts";
import { parseSps } from "@footlight/protocols/h264/sps.ts";
import type { Depacketiser } from "@footlight/protocols/rtp/depacketiser.ts";
import { H264Depacketiser, type H264Frame } from "@footlight/protocols/rtp/h264-depacketiser.ts";
import { Vp8Depacketiser } from "@footlight/protocols/rtp/vp8-depacketiser.ts";
import type { RtcMedium } from "../../stream/rtc.ts";
import type { VideoTrack } from "../../stream/unit.ts";

/** A frame as the hub takes it, but for its time. */
export interface PublishedFrame {
  /** As sent. */
  readonly rtpTimestamp: number;
  readonly keyframe: boolean;
  readonly data: Uint8Array;
}

export interface VideoOutput {
  /** Before the first frame, and whenever size or parameter sets change. */
  track(track: VideoTrack): void;
  frame(frame: PublishedFrame): void;
  broken(): void;
}

/** From RTP packets, in order, to tracks and frames. */
export function videoFormat(medium: RtcMedium, output: VideoOutput): Depacketiser {
  return medium.codec === "vp8" ? vp8(output) : h264(medium, output);
}

function h264(medium: RtcMedium, output: VideoOutput): Depacketiser {
  let known: Pick<H264Frame, "sps" | "pps"> | undefined;
  return new H264Depacketiser(
    {
      frame: ({ timestamp, keyframe, nals, sps, pps }) => {
        if (known?.sps !== sps || known.pps !== pps) {
          const track = h264Track(sps, pps);
          if (track === undefined) {
            output.broken();
            return;
          }
          known = { sps, pps };
          output.track(track);
        }
        // With its own parameter sets a keyframe of another size can follow in the same run.
        const data = toLengthPrefixed(keyframe ? [...sps, ...pps, ...nals] : nals);
        output.frame({ rtpTimestamp: timestamp, keyframe, data });
      },
      broken: () => output.broken(),
    },
    parameterSets(medium.parameters["sprop-parameter-sets"]),
  );
}

/** Undefined where the sets cannot be read. */
function h264Track(sps: readonly Uint8Array[], pps: readonly Uint8Array[]): VideoTrack | undefined {
  try {
    const config = buildAvcConfig(sps, pps);
    const { width, height, frameRate } = parseSps(sps[0] as Uint8Array);
    return {
      kind: "video",
      codec: "h264",
      config,
      width,
      height,
      claimedFrameRate: frameRate,
      codecString: avcCodecString(config),
      adaptive: true,
    };
  } catch (error) {
    if (error instanceof BitstreamError) return undefined;
    throw error;
  }
}

/** RFC 6184 §8.1: NAL units in base64, between commas. */
function parameterSets(text: string | undefined): Uint8Array[] {
  return (text ?? "")
    .split(",")
    .map((set) => Buffer.from(set, "base64"))
    .filter((set) => set.length > 0);
}

function vp8(output: VideoOutput): Depacketiser {
  let known: { readonly width: number; readonly height: number } | undefined;
  return new Vp8Depacketiser({
    frame: ({ timestamp, keyframe, data, size }) => {
      if (size !== undefined && (size.width !== known?.width || size.height !== known.height)) {
        known = size;
        output.track({
          kind: "video",
          codec: "vp8",
          config: new Uint8Array(),
          ...size,
          claimedFrameRate: undefined,
          codecString: "vp8",
          adaptive: true,
        });
      }
      output.frame({ rtpTimestamp: timestamp, keyframe, data });
    },
    broken: () => output.broken(),
  });
}
