import { z } from "zod";
import { MARKER_NAME } from "../../contract/encoder-control.ts";
import type { BroadcastSnapshot, EngineSnapshot, TopicSnapshot } from "../../contract/studio-topics.ts";
import { diskOf } from "../system/disk.ts";
import { RequestFault, status } from "./messages.ts";
import { type RequestKind, request } from "./requests.ts";

export interface OutputDesk {
  readonly broadcast: () => BroadcastSnapshot;
  readonly targets: () => TopicSnapshot<"targets">;
  readonly recording: () => TopicSnapshot<"recording">;
  readonly engine: () => EngineSnapshot;
  /** Of all targets of this broadcast, or of the last one. */
  readonly figures: () => NonNullable<TopicSnapshot<"targets">[number]["figures"]>;
  readonly recordingFolder: () => string;
  /** Why not; null when it has begun. */
  readonly startBroadcast: () => Promise<string | null>;
  readonly stopBroadcast: () => Promise<void>;
  readonly startRecording: () => Promise<string | null>;
  readonly stopRecording: () => Promise<string | null>;
  readonly pauseRecording: (paused: boolean) => void;
  readonly splitRecording: () => void;
  /** Why not; null when it is set. */
  readonly mark: (name: string) => string | null;
  readonly service: () => {
    readonly kind: "rtmp" | "whip";
    readonly url: string;
    readonly key: string;
  } | null;
  readonly setService: (kind: "rtmp" | "whip", url: string, key: string) => string | null;
}

const nothing = z.object({});
const MIB = 1024 * 1024;
const START_MOMENT_MS = 1_000;

const serviceSchema = z.discriminatedUnion("streamServiceType", [
  z.object({
    streamServiceType: z.literal("rtmp_custom"),
    streamServiceSettings: z.object({ server: z.string(), key: z.string().default("") }),
  }),
  z.object({
    streamServiceType: z.literal("whip_custom"),
    streamServiceSettings: z.object({ server: z.string(), bearer_token: z.string().default("") }),
  }),
]);

/** `00:01:02.345` */
export function timecode(ms: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const clock = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1_000) % 60].map(two).join(":");
  return `${clock}.${String(Math.floor(ms % 1_000)).padStart(3, "0")}`;
}

/** What goes out, what is written, and how the studio is doing. */
export function outputRequests(
  desk: OutputDesk,
  messages: () => { readonly incoming: number; readonly outgoing: number },
  now: () => number = Date.now,
): Record<string, RequestKind> {
  const isOnAir = () => desk.broadcast().state !== "idle";
  const isRecording = () => desk.recording().state !== "idle";
  const running = (is: boolean) => {
    if (is) throw new RequestFault(status.outputRunning, "it runs already");
  };
  const stopped = (isRunning: boolean) => {
    if (!isRunning) throw new RequestFault(status.outputNotRunning, "it does not run");
  };
  const began = (fault: string | null): undefined => {
    if (fault !== null) throw new RequestFault(status.requestProcessingFailed, fault);
    return undefined;
  };
  // What takes longer than a moment is told by StreamStateChanged: a StopStream that follows must not wait for it.
  const start = async () => {
    running(isOnAir());
    let late: NodeJS.Timeout | undefined;
    const moment = new Promise<null>((resolve) => {
      late = setTimeout(() => resolve(null), START_MOMENT_MS);
    });
    const fault = await Promise.race([desk.startBroadcast(), moment]);
    clearTimeout(late);
    return began(fault);
  };
  // The answer does not wait for goodbyes: StreamStateChanged tells when they are said.
  const stop = () => {
    stopped(isOnAir());
    void desk.stopBroadcast();
    return undefined;
  };
  const startRecord = async () => {
    running(isRecording());
    return began(await desk.startRecording());
  };
  const stopRecord = async () => {
    stopped(isRecording());
    return { outputPath: (await desk.stopRecording()) ?? "" };
  };
  const pause = (paused: boolean) => () => {
    stopped(isRecording());
    const isPaused = desk.recording().state === "paused";
    if (isPaused && paused) throw new RequestFault(status.outputPaused, "it is paused");
    if (!isPaused && !paused) throw new RequestFault(status.outputNotPaused, "it is not paused");
    desk.pauseRecording(paused);
    return undefined;
  };

  return {
    GetStreamServiceSettings: request(nothing, () => {
      const service = desk.service();
      if (service === null) return { streamServiceType: "rtmp_custom", streamServiceSettings: {} };
      const { kind, url: server, key } = service;
      return kind === "rtmp"
        ? { streamServiceType: "rtmp_custom", streamServiceSettings: { server, key, use_auth: false } }
        : {
            streamServiceType: "whip_custom",
            streamServiceSettings: { service: "WHIP", server, bearer_token: key },
          };
    }),
    SetStreamServiceSettings: request(serviceSchema, (wish) => {
      running(isOnAir());
      const fault =
        wish.streamServiceType === "rtmp_custom"
          ? desk.setService("rtmp", wish.streamServiceSettings.server, wish.streamServiceSettings.key)
          : desk.setService(
              "whip",
              wish.streamServiceSettings.server,
              wish.streamServiceSettings.bearer_token,
            );
      if (fault !== null) throw new RequestFault(status.invalidRequestField, fault);
      return undefined;
    }),
    StartStream: request(nothing, start),
    StopStream: request(nothing, stop),
    ToggleStream: request(nothing, async () => {
      const outputActive = !isOnAir();
      if (outputActive) await start();
      else stop();
      return { outputActive };
    }),
    GetStreamStatus: request(nothing, () => {
      const { state, liveSinceMs } = desk.broadcast();
      const { sentBytes, frames, droppedNetwork, queuedMs } = desk.figures();
      const duration = liveSinceMs === null ? 0 : now() - liveSinceMs;
      const isCut = state === "interrupted";
      return {
        outputActive: state === "live" || isCut,
        outputReconnecting: isCut,
        outputTimecode: timecode(duration),
        outputDuration: duration,
        // A queue of a second is as full as one should ever be; a line that is not there carries nothing.
        outputCongestion: isCut ? 1 : Math.min(1, queuedMs / 1_000),
        outputBytes: sentBytes,
        outputSkippedFrames: droppedNetwork,
        outputTotalFrames: frames + droppedNetwork,
      };
    }),

    StartRecord: request(nothing, startRecord),
    StopRecord: request(nothing, stopRecord),
    ToggleRecord: request(nothing, async () => {
      const outputActive = !isRecording();
      await (outputActive ? startRecord() : stopRecord());
      return { outputActive };
    }),
    PauseRecord: request(nothing, pause(true)),
    ResumeRecord: request(nothing, pause(false)),
    ToggleRecordPause: request(nothing, () => {
      const outputPaused = desk.recording().state !== "paused";
      pause(outputPaused)();
      return { outputPaused };
    }),
    SplitRecordFile: request(nothing, () => {
      stopped(isRecording());
      desk.splitRecording();
      return undefined;
    }),
    CreateRecordChapter: request(
      z.object({ chapterName: z.string().max(MARKER_NAME).default("") }),
      ({ chapterName }) => {
        stopped(isRecording());
        return began(desk.mark(chapterName));
      },
    ),
    GetRecordStatus: request(nothing, () => {
      const { state, durationMs, bytes } = desk.recording();
      return {
        outputActive: state !== "idle",
        outputPaused: state === "paused",
        outputTimecode: timecode(durationMs),
        outputDuration: durationMs,
        outputBytes: bytes,
      };
    }),
    GetRecordDirectory: request(nothing, () => ({ recordDirectory: desk.recordingFolder() })),

    GetStats: request(nothing, async () => {
      const engine = desk.engine();
      const disk = await diskOf(desk.recordingFolder());
      return {
        cpuUsage: engine.cpuPercent,
        memoryUsage: engine.memoryBytes / MIB,
        availableDiskSpace: disk ? (disk.bavail * disk.bsize) / MIB : 0,
        activeFps: engine.fps,
        averageFrameRenderTime: engine.renderMs,
        renderSkippedFrames: engine.droppedRender,
        renderTotalFrames: engine.rendered + engine.droppedRender,
        outputSkippedFrames: engine.droppedEncode,
        outputTotalFrames: engine.rendered + engine.droppedRender,
        webSocketSessionIncomingMessages: messages().incoming,
        webSocketSessionOutgoingMessages: messages().outgoing,
      };
    }),
  };
}
