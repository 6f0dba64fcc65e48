import { Button } from "@footlight/ui/button.tsx";
import { formatBitrate } from "@footlight/ui/format.ts";
import { useNow } from "@footlight/ui/use-now.ts";
import { useStore } from "@footlight/ui/use-store.ts";
import { ArrowUpFromLine, Cpu, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { ProbedEncoder } from "../../../contract/encoder-control.ts";
import { ENCODER_NAMES } from "../../state/encoder-names.ts";
import type { Measuring, MeasuringState } from "../../state/set-up/measuring.ts";
import { uploadFaultWords } from "../../state/set-up/words.ts";
import { useTopic } from "../use-studio.ts";
import { Bar } from "./bar.tsx";
import "./findings.css";

/** What is being measured and what came out of it: line and machine. */
export const Findings = ({ measuring }: { measuring: Measuring }) => {
  const { line, encoders } = useStore(measuring.store);
  return (
    <ul className="findings">
      <LineFinding
        line={line}
        isBusy={encoders.state === "running"}
        onAgain={() => void measuring.measureLineAgain()}
      />
      <EncoderFinding encoders={encoders} />
    </ul>
  );
};

const Finding = ({
  icon: Icon,
  title,
  figure,
  children,
}: {
  icon: LucideIcon;
  title: string;
  figure?: string;
  children: ReactNode;
}) => (
  <li className="finding">
    <Icon aria-hidden size={22} />
    <h2 className="finding-title">{title}</h2>
    {figure !== undefined && <p className="finding-figure">{figure}</p>}
    <div className="finding-body">{children}</div>
  </li>
);

const LineFinding = ({
  line,
  isBusy,
  onAgain,
}: {
  line: MeasuringState["line"];
  isBusy: boolean;
  onAgain: () => void;
}) => {
  const course = useTopic("uploadTest");
  const server = useTopic("account")?.server ?? "";
  const title = "Your line, upwards";
  switch (line.state) {
    case "waiting":
    case "running":
      return (
        <Finding
          icon={ArrowUpFromLine}
          title={title}
          figure={course && course.bps > 0 ? `about ${formatBitrate(course.bps)}` : ""}
        >
          <Bar label={title} share={course?.progress ?? 0} />
          <p>Bytes that mean nothing go to {server}, as fast as they can, for some seconds.</p>
        </Finding>
      );
    case "measured":
      return (
        <Finding icon={ArrowUpFromLine} title={title} figure={formatBitrate(line.bps)}>
          <Bar label={title} share={1} />
          <p>As {server} counted it.</p>
        </Finding>
      );
    case "skipped":
      return (
        <Finding icon={ArrowUpFromLine} title={title} figure="Not measured">
          <p>
            Only a Footlight server that you are signed in to takes a test. For other services the studio
            plans with what most lines carry.
          </p>
        </Finding>
      );
    case "failed":
      return (
        <Finding icon={ArrowUpFromLine} title={title} figure="Not measured">
          <p role="alert">{uploadFaultWords(line.fault)}</p>
          <Again retryAtMs={line.retryAtMs} {...{ isBusy, onAgain }} />
        </Finding>
      );
  }
};

/** Counts down where the server has said when it takes the next. */
const Again = ({
  retryAtMs,
  isBusy,
  onAgain,
}: {
  retryAtMs: number | null;
  isBusy: boolean;
  onAgain: () => void;
}) => {
  const now = useNow(1_000);
  const waitS = retryAtMs === null ? 0 : Math.max(0, Math.ceil((retryAtMs - now) / 1_000));
  return (
    <div>
      <Button size="sm" disabled={isBusy || waitS > 0} onClick={onAgain}>
        {waitS > 0 ? `Try again in ${waitS} s` : "Try again"}
      </Button>
    </div>
  );
};

const EncoderFinding = ({ encoders }: { encoders: MeasuringState["encoders"] }) => {
  const title = "This machine's encoders";
  switch (encoders.state) {
    case "waiting":
      return (
        <Finding icon={Cpu} title={title}>
          <Bar label={title} share={0} />
          <p>Comes after the line, so that neither disturbs the other.</p>
        </Finding>
      );
    case "running":
      return (
        <Finding icon={Cpu} title={title}>
          <Bar label={title} share={null} />
          <p>Each makes a second or so of picture in 360p, 720p and 1080p, as fast as it can.</p>
        </Finding>
      );
    case "measured":
      return (
        <Finding icon={Cpu} title={title} figure={`${encoders.found.length} found`}>
          <ul className="finding-rows">
            {encoders.found.map((encoder) => (
              <li key={encoder.name}>
                <span>{ENCODER_NAMES[encoder.name]}</span>
                <span>{speedWords(encoder)}</span>
              </li>
            ))}
          </ul>
        </Finding>
      );
    case "failed":
      return (
        <Finding icon={Cpu} title={title} figure="None tried">
          <p role="alert">
            No encoder could be tried. The studio plans carefully, and takes the best that works when you go
            live.
          </p>
        </Finding>
      );
  }
};

const speedWords = ({ fps360p = 0, fps720p, fps1080p = 0 }: ProbedEncoder): string => {
  const [size, fps] =
    fps1080p >= 30 ? ["1080p", fps1080p] : fps720p >= 30 ? ["720p", fps720p] : ["360p", fps360p];
  return `${Math.round(fps)} pictures a second at ${size}`;
};
