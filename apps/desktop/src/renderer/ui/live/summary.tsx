import { Button } from "@footlight/ui/button.tsx";
import { CopyButton } from "@footlight/ui/copy-button.tsx";
import { formatCount, formatUptime } from "@footlight/ui/format.ts";
import { ExternalLink, FolderOpen } from "lucide-react";
import { useRef } from "react";
import type { BroadcastReport } from "../../../contract/studio-topics.ts";
import { Modal } from "../parts/modal.tsx";
import { useStudio, useTopic } from "../use-studio.ts";
import { MarkerList, markersAsText } from "./marker-list.tsx";
import "./markers.css";
import "./summary.css";

/** How a broadcast went, once it is over. */
export const Summary = () => {
  const studio = useStudio();
  const report = useTopic("report");
  const title = useRef<HTMLDivElement>(null);
  if (!report?.over) return null;
  const close = () => void studio.ask("report.put-away", undefined);
  return (
    <Modal title="Your broadcast is over" onClose={close} first={title}>
      <div className="form summary" ref={title} tabIndex={-1}>
        {report.title !== "" && report.watchUrl !== null && <p className="summary-title">{report.title}</p>}
        <dl className="summary-facts">
          {factsOf(report).map(({ name, value, note }) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
              {note && <dd className="field-hint">{note}</dd>}
            </div>
          ))}
        </dl>
        {report.recordings.length > 0 && (
          <div className="summary-files">
            <h3 className="field-label">Recorded here</h3>
            {report.recordings.map((path) => (
              <p key={path} className="summary-path">
                {path}
              </p>
            ))}
          </div>
        )}
        {report.markers.length > 0 && (
          <div className="summary-files">
            <h3 className="field-label">Markers</h3>
            <MarkerList markers={report.markers} />
            <CopyButton value={markersAsText(report.markers)} what="the markers" />
          </div>
        )}
        <div className="form-actions">
          {report.recordings.length > 0 && (
            <Button icon={FolderOpen} onClick={() => void studio.ask("recording.reveal", undefined)}>
              Show the folder
            </Button>
          )}
          {report.watchUrl !== null && (
            <Button icon={ExternalLink} onClick={() => void studio.ask("open.watch-page", undefined)}>
              Channel page
            </Button>
          )}
          <Button variant="primary" onClick={close}>
            Done
          </Button>
        </div>
      </div>
    </Modal>
  );
};

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

const factsOf = ({ durationMs, viewers, dropped, frames, reconnects, backfill }: BroadcastReport): Fact[] => {
  const lost = dropped.render + dropped.encode + dropped.network;
  // For the ones that composing or encoding missed, the picture before was sent.
  const all = Math.max(frames + dropped.network, lost);
  return [
    { name: "On air", value: formatUptime(new Date(0).toISOString(), durationMs) },
    ...(viewers === null
      ? []
      : [
          { name: "Most viewers at once", value: formatCount(viewers.peak) },
          { name: "Viewers on average", value: viewers.mean.toFixed(viewers.mean < 10 ? 1 : 0) },
        ]),
    {
      name: "Frames dropped",
      value: lost === 0 ? "none" : `${formatCount(lost)} of ${formatCount(all)}`,
      ...(lost > 0 && {
        note: `Composing ${dropped.render}, encoding ${dropped.encode}, network ${dropped.network}`,
      }),
    },
    { name: "Lost connections", value: reconnects === 0 ? "none" : String(reconnects) },
    ...(backfill === null ? [] : [backfillFact(backfill)]),
  ];
};

const backfillFact = ({ frames, sent, done, failed }: NonNullable<BroadcastReport["backfill"]>): Fact => ({
  name: "Uploaded afterwards",
  value: `${formatCount(sent)} of ${formatCount(Math.max(frames, sent))} frames`,
  ...(failed
    ? { note: "The rest could not be sent." }
    : !done && { note: "The upload goes on while the studio is open." }),
});
