interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
type TrackGeneratorMaker = new (init: { kind: "video" }) => TrackGenerator;

/** A canvas as a track that gets a frame exactly when it is told to. */
export interface CanvasTrack {
  readonly track: MediaStreamTrack;
  push(): void;
  close(): void;
}

export function openCanvasTrack(canvas: HTMLCanvasElement): CanvasTrack {
  const Generator = (globalThis as { MediaStreamTrackGenerator?: TrackGeneratorMaker })
    .MediaStreamTrackGenerator;
  return Generator === undefined ? captured(canvas) : generated(canvas, new Generator({ kind: "video" }));
}

/** Where there is one (Chromium), it does not depend on whether the page is drawn. */
function generated(canvas: HTMLCanvasElement, track: TrackGenerator): CanvasTrack {
  const writer = track.writable.getWriter();
  return {
    track,
    push: () => {
      // The encoder is behind: a frame less, not one later.
      if ((writer.desiredSize ?? 0) <= 0) return;
      const frame = new VideoFrame(canvas, { timestamp: Math.round(performance.now() * 1_000) });
      writer.write(frame).catch(() => frame.close());
    },
    close: () => {
      track.stop();
      void writer.close().catch(() => {});
    },
  };
}

function captured(canvas: HTMLCanvasElement): CanvasTrack {
  const [track] = canvas.captureStream(0).getVideoTracks();
  if (track === undefined) throw new Error("a canvas without a track");
  return {
    track,
    push: () => {
      if ("requestFrame" in track) (track as CanvasCaptureMediaStreamTrack).requestFrame();
    },
    close: () => track.stop(),
  };
}
