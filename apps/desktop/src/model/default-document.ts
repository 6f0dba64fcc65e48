import { DOCUMENT_VERSION, type Item, type Source, type StudioDocument, soundSchema } from "./document.ts";

export interface Capturable {
  /** The main display; null: nothing can be captured. */
  readonly displayId: string | null;
  /** `default` where the system has a microphone. */
  readonly microphoneId: string | null;
}

export const DEFAULT_CANVAS = { width: 1280, height: 720, fps: 30 } as const;

/** What a fresh profile shows: the display and the microphone, or a test picture with a running clock. */
export const defaultDocument = (
  capturable: Capturable,
  canvas: StudioDocument["canvas"] = DEFAULT_CANVAS,
): StudioDocument => {
  const picture: Source =
    capturable.displayId === null
      ? { id: "test-picture", name: "Test picture", settings: { kind: "test-picture" }, filters: [] }
      : {
          id: "display",
          name: "Display",
          settings: { kind: "display", displayId: capturable.displayId },
          filters: [],
        };
  const microphone: Source[] =
    capturable.microphoneId === null
      ? []
      : [
          {
            id: "microphone",
            name: "Microphone",
            settings: { kind: "microphone", deviceId: capturable.microphoneId },
            filters: [],
            sound: soundSchema.parse({}),
          },
        ];
  return {
    version: DOCUMENT_VERSION,
    name: "My scenes",
    canvas,
    sources: Object.fromEntries([picture, ...microphone].map((source) => [source.id, source])),
    scenes: [{ id: "scene", name: "Scene", items: [filling("item", picture.id, canvas)] }],
    globalSound: microphone.map((source) => source.id),
    programmeSceneId: "scene",
    previewSceneId: null,
    transition: { kind: "fade", durationMs: 300 },
    safeSceneId: null,
    hotkeys: {},
  };
};

/** An item that fills the canvas. */
export const filling = (
  id: string,
  sourceId: string,
  canvas: { readonly width: number; readonly height: number },
): Item => ({
  id,
  sourceId,
  visible: true,
  locked: false,
  transform: {
    x: canvas.width / 2,
    y: canvas.height / 2,
    width: canvas.width,
    height: canvas.height,
    rotationDeg: 0,
    flipX: false,
    flipY: false,
    crop: { left: 0, top: 0, right: 0, bottom: 0 },
    opacity: 1,
    blend: "normal",
  },
});
