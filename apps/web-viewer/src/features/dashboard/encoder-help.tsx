/** Step by step for the encoders that people have; tabs of the control room. */
export const EncoderHelp = ({ rtmp }: { rtmp: string }) => [
  {
    value: "obs",
    label: "OBS Studio",
    content: (
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
    ),
  },
  {
    value: "ffmpeg",
    label: "ffmpeg",
    content: (
      <>
        <p className="soft">Publishes a file in real time; put your key in the place of KEY.</p>
        <pre className="command">
          {`ffmpeg -re -i film.mp4 \\
  -c:v libx264 -preset veryfast -b:v 3000k \\
  -g 60 -keyint_min 60 -sc_threshold 0 \\
  -c:a aac -ar 48000 -b:a 128k \\
  -f flv ${rtmp}/KEY`}
        </pre>
      </>
    ),
  },
  {
    value: "phone",
    label: "Phone",
    content: (
      <ol className="steps">
        <li>Take an app that sends RTMP, for example Larix Broadcaster.</li>
        <li>
          Connection: <code>{rtmp}/KEY</code>, with your key in the place of KEY.
        </li>
        <li>Video H.264, keyframes every 2 s, 2500 kbps; sound AAC 48 kHz.</li>
      </ol>
    ),
  },
];
