import { formatUptime } from "@footlight/ui/format.ts";
import type { Marker } from "../../../contract/studio-topics.ts";

const clock = (ms: number): string => formatUptime(new Date(0).toISOString(), ms);
/** On air where it was, else as the recording counts; empty until that is known. */
const timeOf = ({ onAirMs, recording }: Marker): string => {
  const ms = onAirMs ?? recording?.timeMs;
  return ms === undefined ? "" : clock(ms);
};

/** `12:03 Kiln opens`, a line each. */
export const markersAsText = (markers: readonly Marker[]): string =>
  markers.map((marker) => `${timeOf(marker)} ${marker.name}`.trim()).join("\n");

export const MarkerList = ({ markers }: { markers: readonly Marker[] }) => (
  <ol className="marker-list">
    {markers.map((marker) => (
      <li key={marker.id}>
        <span className="marker-time">{timeOf(marker)}</span>
        <span className="marker-name">{marker.name}</span>
      </li>
    ))}
  </ol>
);
