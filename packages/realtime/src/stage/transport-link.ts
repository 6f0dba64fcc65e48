import type { types as mediasoup } from "mediasoup-client";
import type { RealtimeClient } from "../realtime-client.ts";
import { RealtimeFault } from "../realtime-fault.ts";

export interface TransportParts {
  readonly device: mediasoup.Device;
  readonly realtime: Pick<RealtimeClient, "request">;
  /** It cannot be mended. */
  readonly onBroken: () => void;
}

/** A way that is interrupted may come back by itself. */
const PATIENCE_MS = 3_000;

/**
 * Makes a transport and keeps it: ICE is restarted when the network has changed. Rejects where it `isClosed` when
 * the server has answered: nobody would close it any more, and it would send for ever.
 */
export async function openTransport(
  direction: "send" | "receive",
  { device, realtime, onBroken }: TransportParts,
  isClosed: () => boolean,
): Promise<mediasoup.Transport> {
  const terms = await realtime.request("stage.createTransport", { direction });
  if (isClosed()) throw new RealtimeFault("network");
  const options = { ...terms, iceCandidates: terms.iceCandidates as mediasoup.IceCandidate[] };
  const transport =
    direction === "send"
      ? device.createSendTransport(options as mediasoup.TransportOptions)
      : device.createRecvTransport(options as mediasoup.TransportOptions);
  transport.on("connect", ({ dtlsParameters }, done, failed) => {
    realtime
      .request("stage.connectTransport", { transportId: transport.id, dtlsParameters })
      .then(() => done(), failed);
  });
  let patience: ReturnType<typeof setTimeout> | undefined;
  const mend = async (): Promise<void> => {
    try {
      const { iceParameters } = await realtime.request("stage.restartIce", { transportId: transport.id });
      await transport.restartIce({ iceParameters: iceParameters as mediasoup.IceParameters });
    } catch {
      if (!transport.closed) onBroken();
    }
  };
  transport.on("connectionstatechange", (state) => {
    clearTimeout(patience);
    if (state === "disconnected") patience = setTimeout(() => void mend(), PATIENCE_MS);
    else if (state === "failed") void mend();
  });
  transport.observer.once("close", () => clearTimeout(patience));
  return transport;
}
