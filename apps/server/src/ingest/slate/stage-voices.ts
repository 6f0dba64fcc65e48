import type { StreamId } from "@footlight/shared";

/** What a slate asks of stages; `realtime/stage` answers, `app.ts` joins the two. */
export interface StageVoices {
  /** Whether a stage of this stream has a guest on it who is there. */
  hasGuests(streamId: StreamId): boolean;
  /** The guests' microphones, of those who come later too. Undefined while the stage has no media. */
  tap(streamId: StreamId, output: VoicesOutput): Promise<VoicesTap | undefined>;
  /** Called when who is on a stage, or whether it has media, may have changed. Returns how to stop it. */
  onVoices(listener: (streamId: StreamId) => void): () => void;
}

export interface VoicesOutput {
  /** An RTP packet of Opus; its bytes are lent. `voice` names whose it is, until they leave. */
  rtp(voice: string, packet: Uint8Array): void;
  left(voice: string): void;
}

export interface VoicesTap {
  /** Aborted when the stage's media are gone: tap again. Also after `close`. */
  readonly closed: AbortSignal;
  close(): void;
}
