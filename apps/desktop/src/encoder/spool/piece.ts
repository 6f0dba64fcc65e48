import type { FlvTag } from "@footlight/protocols/flv/flv-file.ts";
import { writeFlvFile } from "@footlight/protocols/flv/write-file.ts";
import { aacConfigTag, aacFrameTag, avcConfigTag, avcFrameTag } from "@footlight/protocols/flv/write-tags.ts";
import type { Unit } from "../units.ts";

const AUDIO = 8;
const VIDEO = 9;

/**
 * Units as the FLV that the server takes: sequence headers, then tags with the times under which they would have been
 * sent.
 */
export function pieceOf(units: readonly Unit[], timestampOf: (us: number) => number): Buffer {
  const tags: FlvTag[] = [];
  let config: Buffer | undefined;
  let hasSound = false;
  for (const unit of units) {
    if (unit.kind === "sound") {
      const timestamp = timestampOf(unit.ptsUs) >>> 0;
      if (!hasSound) tags.push({ type: AUDIO, timestamp, body: aacConfigTag(unit.config) });
      hasSound = true;
      tags.push({ type: AUDIO, timestamp, body: aacFrameTag(unit.data) });
      continue;
    }
    const dtsMs = timestampOf(unit.dtsUs);
    const timestamp = dtsMs >>> 0;
    if (config === undefined || !config.equals(unit.config)) {
      config = unit.config;
      tags.push({ type: VIDEO, timestamp, body: avcConfigTag(config) });
    }
    const body = avcFrameTag(unit.data, unit.key, timestampOf(unit.ptsUs) - dtsMs);
    tags.push({ type: VIDEO, timestamp, body });
  }
  return writeFlvFile(tags);
}
