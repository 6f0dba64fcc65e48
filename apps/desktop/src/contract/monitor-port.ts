/**
 * Engine → control window over a MessagePort: what programme and preview look like, scaled down. The engine sends
 * while `monitor` of engine-control asks for it, and never more than two pictures of a view ahead of `seen`.
 */
export interface MonitorPicture {
  readonly kind: "monitor";
  readonly view: "programme" | "preview";
  readonly width: number;
  readonly height: number;
  /** For `new ImageData(rgba, width, height)`. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** What a scene looks like, for the list of scenes: when it changed, and every few seconds at most. */
export interface ThumbnailPicture {
  readonly kind: "thumbnail";
  readonly sceneId: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The window has drawn a picture, and can take another one. */
export interface MonitorSeen {
  readonly kind: "seen";
  readonly view: MonitorPicture["view"] | "thumbnail";
}
