export type SdpErrorCode =
  /** Not SDP, or against its rules. */
  | "bad_sdp"
  /** Sound SDP that cannot be met: no codec in common, no bundle, no media but data. */
  | "unsupported_sdp";

/** The codes are those of `RtcRefusal`, and problems of ours: whoever catches may pass it on as it is. */
export class SdpError extends Error {
  override readonly name = "SdpError";

  constructor(
    readonly code: SdpErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const bad = (message: string): SdpError => new SdpError("bad_sdp", message);
export const unsupported = (message: string): SdpError => new SdpError("unsupported_sdp", message);
