import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Canvas, writeJson } from "./studio-scene.ts";

export interface Window {
  readonly width: number;
  readonly height: number;
}

/** OBS Studio with a home of its own: no sound devices, one scene collection, streaming from its start on. */
export class ObsProgram implements AsyncDisposable {
  private constructor(private readonly child: ChildProcess) {}

  static async start(of: {
    readonly home: string;
    readonly display: string;
    readonly window: Window;
    readonly scene: object;
    readonly canvas: Canvas;
    /** `rtmp://host/app` and the key. */
    readonly server: string;
    readonly key: string;
  }): Promise<ObsProgram> {
    const config = join(of.home, "obs-studio");
    const profile = join(config, "basic/profiles/Bench");
    await mkdir(profile, { recursive: true });
    await mkdir(join(config, "basic/scenes"), { recursive: true });
    await writeFile(join(config, "global.ini"), globalIni(of.window));
    await writeFile(join(profile, "basic.ini"), profileIni(of.canvas));
    await writeJson(join(profile, "service.json"), {
      type: "rtmp_custom",
      settings: { server: of.server, key: of.key, use_auth: false },
    });
    await writeJson(join(profile, "streamEncoder.json"), {
      ...{ rate_control: "CBR", bitrate: of.canvas.bitrateBps / 1_000, keyint_sec: 2, preset: "veryfast" },
      // As ours: no picture waits for the next one.
      ...{ profile: "high", tune: "zerolatency", x264opts: "bframes=0 sliced-threads=0 threads=1" },
    });
    await writeJson(join(config, "basic/scenes/Bench.json"), of.scene);
    const args = ["--multi", "--startstreaming", "--collection", "Bench", "--profile", "Bench"];
    const child = spawn("obs", [...args, "--disable-missing-files-check"], {
      stdio: ["ignore", "ignore", "ignore"],
      env: {
        ...process.env,
        ...{ DISPLAY: of.display, XDG_CONFIG_HOME: of.home, HOME: of.home, LIBGL_ALWAYS_SOFTWARE: "1" },
        QT_QPA_PLATFORM: "xcb",
      },
    });
    return new ObsProgram(child);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = new Promise((resolve) => this.child.once("exit", resolve));
    // Asked in order it would ask back whether it shall stop streaming.
    this.child.kill("SIGKILL");
    await gone;
  }
}

const globalIni = (window: Window): string => `[General]
FirstRun=true
EnableAutoUpdates=false
ConfirmOnExit=false
Pre19Defaults=false
Pre21Defaults=false
Pre23Defaults=false
Pre24.1Defaults=false
LastVersion=486539266
[Basic]
Profile=Bench
ProfileDir=Bench
SceneCollection=Bench
SceneCollectionFile=Bench
ConfigOnNewProfile=false
[BasicWindow]
geometry=${geometry(window)}
[OBSWebSocket]
FirstLoad=false
ServerEnabled=false
`;

const profileIni = ({ width, height, fps }: Canvas): string => `[General]
Name=Bench
[Video]
BaseCX=${width}
BaseCY=${height}
OutputCX=${width}
OutputCY=${height}
FPSType=1
FPSInt=${fps}
[Audio]
SampleRate=48000
ChannelSetup=Stereo
[Output]
Mode=Advanced
Reconnect=true
[AdvOut]
Encoder=obs_x264
TrackIndex=1
Track1Bitrate=128
`;

/** `QWidget::saveGeometry`, version 3, as OBS keeps it. */
function geometry({ width, height }: Window): string {
  const bytes = Buffer.alloc(66);
  bytes.writeUInt32BE(0x01d9_d0cb, 0);
  bytes.writeUInt16BE(3, 4);
  const rectangle = (at: number) => {
    bytes.writeInt32BE(width - 1, at + 8);
    bytes.writeInt32BE(height - 1, at + 12);
  };
  rectangle(8);
  rectangle(24);
  bytes.writeInt32BE(width, 46);
  rectangle(50);
  return bytes.toString("base64");
}
