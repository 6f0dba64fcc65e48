import { Button } from "@footlight/ui/button.tsx";
import { formatBitrate } from "@footlight/ui/format.ts";
import { SelectField } from "@footlight/ui/select-field.tsx";
import { type ReactNode, useState } from "react";
import type { EncodersSnapshot } from "../../../contract/studio-topics.ts";
import { type Measurements, propose, strains } from "../../../model/proposal.ts";
import { VIDEO_PRESETS } from "../../../model/video-presets.ts";
import { ENCODER_NAMES } from "../../state/encoder-names.ts";
import type { Figures } from "../../state/set-up/first-run.ts";
import { bitrateReason, encoderReason, pictureReason, strainWords } from "../../state/set-up/words.ts";
import { BitrateInput } from "../parts/fields.tsx";
import "./proposal-form.css";

type Line = "picture" | "bitrate" | "encoder";

/** What the studio proposes, each line with its reason, and each to be changed by who knows better. */
export const ProposalForm = ({
  measured,
  accept,
  other,
  onAccept,
}: {
  measured: Measurements<EncodersSnapshot[number]["name"]>;
  accept: string;
  /** What else there is to press. */
  other?: ReactNode;
  onAccept: (figures: Figures) => void;
}) => {
  const proposal = propose(measured);
  const { preset, bitrateBps, encoder } = proposal;
  const proposed: Figures = {
    ...{ width: preset.width, height: preset.height, fps: preset.fps },
    ...{ bitrateBps, encoder },
  };
  const [own, setOwn] = useState<Partial<Figures>>({});
  const [open, setOpen] = useState<ReadonlySet<Line>>(new Set());
  const figures = { ...proposed, ...own };
  const strained = strains(figures, figures.encoder, measured);
  const shown = VIDEO_PRESETS.find(
    ({ width, height, fps }) => width === figures.width && height === figures.height && fps === figures.fps,
  );
  const line = (which: Line, title: string, value: string, reason: string, field: ReactNode) => (
    <ProposedLine
      {...{ title, value, reason, field }}
      isOpen={open.has(which)}
      onChange={() => setOpen(new Set([...open, which]))}
    />
  );
  return (
    <>
      <dl className="proposal">
        {line(
          "picture",
          "Picture",
          `${figures.height}p at ${figures.fps}`,
          own.height === undefined ? pictureReason(proposal, measured) : (shown?.why ?? ""),
          <SelectField
            label="Picture"
            value={shown?.id ?? ""}
            options={VIDEO_PRESETS.map(({ id, name, height, fps }) => ({
              value: id,
              label: `${name}: ${height}p at ${fps}`,
            }))}
            onChange={(id) => {
              const chosen = VIDEO_PRESETS.find((one) => one.id === id);
              if (chosen === undefined) return;
              const { width, height, fps, bitrateBps } = chosen;
              setOwn({ ...own, width, height, fps, bitrateBps });
            }}
          />,
        )}
        {line(
          "bitrate",
          "Bitrate",
          formatBitrate(figures.bitrateBps),
          own.bitrateBps === undefined
            ? bitrateReason(proposal, measured)
            : strained.includes("line")
              ? strainWords("line")
              : "Your choice.",
          <BitrateInput bps={figures.bitrateBps} onChange={(bitrateBps) => setOwn({ ...own, bitrateBps })} />,
        )}
        {line(
          "encoder",
          "Encoder",
          ENCODER_NAMES[figures.encoder],
          strained.includes("machine") && (own.encoder !== undefined || own.height !== undefined)
            ? strainWords("machine")
            : own.encoder === undefined
              ? encoderReason(proposal)
              : "Your choice.",
          <SelectField
            label="Encoder"
            value={figures.encoder}
            options={(["auto", ...measured.encoders.map(({ name }) => name)] as const).map((name) => ({
              value: name,
              label: ENCODER_NAMES[name],
            }))}
            onChange={(name) => setOwn({ ...own, encoder: name })}
          />,
        )}
      </dl>
      <div className="form-actions">
        {other}
        {Object.keys(own).length > 0 && <Button onClick={() => setOwn({})}>As proposed</Button>}
        <Button variant="primary" onClick={() => onAccept(figures)}>
          {accept}
        </Button>
      </div>
    </>
  );
};

const ProposedLine = ({
  title,
  value,
  reason,
  field,
  isOpen,
  onChange,
}: {
  title: string;
  value: string;
  reason: string;
  field: ReactNode;
  isOpen: boolean;
  onChange: () => void;
}) => (
  <div className="proposal-line">
    <dt>{title}</dt>
    <dd className="proposal-value">{value}</dd>
    <dd className="proposal-reason">{reason}</dd>
    <dd className="proposal-change" data-open={isOpen || undefined}>
      {isOpen ? (
        field
      ) : (
        <Button size="sm" onClick={onChange}>
          Change<span className="sr-only"> {title.toLowerCase()}</span>
        </Button>
      )}
    </dd>
  </div>
);
