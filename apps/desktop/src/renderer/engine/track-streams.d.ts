/** MediaStreamTrack Insertable Streams as Chromium has them in windows (not in workers), which no lib knows. */
declare class MediaStreamTrackProcessor {
  constructor(init: { track: MediaStreamTrack; maxBufferSize?: number });
  readonly readable: ReadableStream<VideoFrame>;
}

interface MediaStreamVideoTrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}
declare const MediaStreamTrackGenerator:
  | { new (init: { kind: "video" }): MediaStreamVideoTrackGenerator }
  | undefined;
