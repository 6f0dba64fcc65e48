import { type FromEncoder, MEDIA_PORT_NOTICE, toEncoderSchema } from "../contract/encoder-control.ts";
import type { FromEngine, ToEngine } from "../contract/media-port.ts";
import { FfmpegChoice } from "./ffmpeg/ffmpeg-choice.ts";
import { StudioEncoder } from "./studio-encoder.ts";

/** As far as used here; Electron's types are not needed for it. */
interface ElectronPort {
  on(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  on(event: "close", listener: () => void): void;
  postMessage(message: ToEngine): void;
  start(): void;
  close(): void;
}
interface ParentPort {
  on(
    event: "message",
    listener: (event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }) => void,
  ): void;
  postMessage(message: FromEncoder): void;
}

/** For the goodbyes to servers and the ends of files when the studio closes. */
const GOODBYE_MS = 4_000;

/** The encoder's process: Electron's ports on one side, `StudioEncoder` on the other. */
async function main(parent: ParentPort): Promise<void> {
  const waiting: Parameters<typeof onMessage>[0][] = [];
  let encoder: StudioEncoder | undefined;
  let engine: ElectronPort | undefined;

  const attach = (to: StudioEncoder, port: ElectronPort): void => {
    engine?.close();
    engine = port;
    port.on("message", ({ data }) => {
      if (engine === port) to.onEngine(data as FromEngine);
    });
    to.attachEngine((message) => port.postMessage(message));
    port.start();
  };
  function onMessage(event: { readonly data: unknown; readonly ports: readonly ElectronPort[] }): void {
    if (encoder === undefined) {
      waiting.push(event);
      return;
    }
    const [port] = event.ports;
    if (isPortNotice(event.data) && port !== undefined) {
      attach(encoder, port);
      return;
    }
    const order = toEncoderSchema.safeParse(event.data);
    if (order.success) encoder.onOrder(order.data);
    // Never the message itself: it may hold a key.
    else parent.postMessage({ kind: "fault", area: "order", cause: issuePath(order.error) });
  }

  parent.on("message", onMessage);
  const ffmpegs = await FfmpegChoice.find(process.env);
  encoder = new StudioEncoder({ emit: (event) => parent.postMessage(event), ffmpegs });
  for (const event of waiting) onMessage(event);
  const running = encoder;
  process.once("SIGTERM", () => {
    const late = setTimeout(() => process.exit(1), GOODBYE_MS);
    void running.close().then(() => {
      clearTimeout(late);
      process.exit(0);
    });
  });
}

const isPortNotice = (data: unknown): boolean =>
  typeof data === "object" && data !== null && "kind" in data && data.kind === MEDIA_PORT_NOTICE.kind;

const issuePath = (error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}): string => error.issues.map(({ path }) => path.join(".")).join(", ");

const { parentPort } = process as unknown as { readonly parentPort?: ParentPort };
if (parentPort === undefined) throw new Error("this is Electron's utility process for the encoder");
void main(parentPort);
