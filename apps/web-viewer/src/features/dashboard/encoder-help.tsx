import type { Dashboard } from "@footlight/shared";
import { LinkButton } from "@footlight/ui/button.tsx";
import { CopyButton } from "@footlight/ui/copy-button.tsx";
import { Drama } from "lucide-react";
import { useTRPCClient } from "../../api/trpc.ts";
import { ffmpegCommand, isOwnMachineOnly } from "./encoder-words.ts";

type Ingest = Dashboard["ingest"];

/** Step by step for what people broadcast with; tabs of the control room. */
export const encoderHelp = (ingest: Ingest) => [
  { value: "studio", label: "Studio", content: <Studio /> },
  { value: "browser", label: "Browser", content: <Browser webrtc={ingest.webrtc !== null} /> },
  { value: "obs", label: "OBS Studio", content: <Obs ingest={ingest} /> },
  { value: "ffmpeg", label: "ffmpeg", content: <Ffmpeg rtmp={ingest.rtmp} /> },
  { value: "phone", label: "Phone", content: <Phone ingest={ingest} /> },
];

const Studio = () => (
  <ol className="steps">
    <li>
      Open the Footlight studio. From the sources of this server: <code>npm run studio</code>
    </li>
    <li>
      Sign in to <code>{location.origin}</code>, with your username and password. No key is needed.
    </li>
    <li>
      Press <b>Go live</b>. Title and delay are asked there.
    </li>
  </ol>
);

const Browser = ({ webrtc }: { webrtc: boolean }) =>
  webrtc ? (
    <>
      <ol className="steps">
        <li>
          Open your <b>stage</b>, and allow camera and microphone. The browser gives them to pages under
          https, or of this machine.
        </li>
        <li>Guests may join by a link; you can also be alone.</li>
        <li>
          <b>Broadcast from this browser</b>, and keep the tab open.
        </li>
      </ol>
      <div className="steps-action">
        <LinkButton to="/dashboard/stage" icon={Drama}>
          Open my stage
        </LinkButton>
      </div>
    </>
  ) : (
    <p className="soft">This server has no WebRTC at the moment, which a broadcast from the browser takes.</p>
  );

const Obs = ({ ingest: { rtmp, webrtc } }: { ingest: Ingest }) => (
  <>
    <ol className="steps">
      <li>
        Open <b>Settings → Stream</b>. Service: <b>Custom…</b>
      </li>
      <li>
        Server: <code>{rtmp}</code>. Stream Key: copy it from above.
      </li>
      <li>
        <b>Settings → Output</b>, Output Mode <b>Advanced</b>: an H.264 encoder, Rate Control <b>CBR</b>,
        bitrate 6000 kbps for 1080p, 3000 for 720p.
      </li>
      <li>
        Keyframe Interval <b>2 s</b> (0 means “auto”, which is 8 s and costs quality). For x264, put{" "}
        <code>scenecut=0</code> into x264 Options.
      </li>
      <li>
        <b>Settings → Audio</b>: 48 kHz. Then <b>Start Streaming</b>.
      </li>
    </ol>
    {webrtc && (
      <p className="soft steps-more">
        For the least delay, OBS 30 and newer take <b>Service: WHIP</b> instead. Server: <code>{webrtc}</code>
        , Bearer Token: your stream key. GStreamer’s <code>whipclientsink</code> takes both as{" "}
        <code>signaller::whip-endpoint</code> and <code>signaller::auth-token</code>.
      </p>
    )}
  </>
);

const MASK = "••••••••";

const Ffmpeg = ({ rtmp }: { rtmp: string }) => {
  const client = useTRPCClient();
  const copied = async () => ffmpegCommand(rtmp, (await client.dashboard.revealKey.mutate()).streamKey);
  return (
    <>
      <p className="soft">Publishes a file in real time; put its name in the place of FILE.</p>
      <pre className="command">{ffmpegCommand(rtmp, MASK)}</pre>
      <div className="steps-action">
        <CopyButton value={copied} what="the command, with your key in it" />
      </div>
    </>
  );
};

const Phone = ({ ingest: { rtmp, lan } }: { ingest: Ingest }) => {
  const client = useTRPCClient();
  const url = lan ?? rtmp;
  const copied = async () => `${url}/${(await client.dashboard.revealKey.mutate()).streamKey}`;
  return (
    <ol className="steps">
      <li>Take an app that sends RTMP, for example Larix Broadcaster.</li>
      <li>
        Connection:{" "}
        <code>
          {url}/{MASK}
        </code>
        . The dots stand for your key; the copy has it.
        <div className="steps-action">
          <CopyButton value={copied} what="the connection, with your key in it" />
        </div>
      </li>
      {lan !== null && <li>Phone and server must be in the same network (the same Wi-Fi).</li>}
      {isOwnMachineOnly(url) && (
        <li>
          A phone does not find <code>{new URL(url).hostname}</code>: put the name or address by which the
          server is reached from elsewhere in its place.
        </li>
      )}
      <li>Video H.264, keyframes every 2 s, 2500 kbps; sound AAC 48 kHz.</li>
    </ol>
  );
};
