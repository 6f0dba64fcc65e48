/** What of SDP a WHIP publisher reads and writes: strings in, strings out. */

/** H.264 in packetisation mode 1 first, constrained baseline before the others, then whatever else there is. */
export function publishingCodecs<C extends { mimeType: string; sdpFmtpLine?: string | undefined }>(
  known: readonly C[],
): C[] {
  const rank = ({ mimeType, sdpFmtpLine = "" }: C) => {
    if (mimeType.toLowerCase() !== "video/h264") return 3;
    if (!sdpFmtpLine.includes("packetization-mode=1")) return 2;
    return sdpFmtpLine.includes("profile-level-id=42e0") ? 0 : 1;
  };
  return [...known].sort((a, b) => rank(a) - rank(b));
}

/**
 * Lets Chromium send at the wanted rate at once and not feel its way up from 300 kbps for seconds. It takes these
 * from the formats of the other side's description.
 */
export function withBitrates(answer: string, bitrateBps: number): string {
  const video = answer.indexOf("m=video");
  if (video < 0) return answer;
  const end = answer.indexOf("\r\nm=", video);
  const section = end < 0 ? answer.slice(video) : answer.slice(video, end);
  const [, payloadType] = /^m=video \S+ \S+ (\d+)/.exec(section) ?? [];
  if (payloadType === undefined) return answer;
  const kbps = Math.round(bitrateBps / 1_000);
  const wish = `x-google-start-bitrate=${Math.round(kbps * 0.9)};x-google-min-bitrate=${Math.round(kbps / 4)}`;
  const line = new RegExp(`a=fmtp:${payloadType} .*`);
  const changed = line.test(section)
    ? section.replace(line, (fmtp) => `${fmtp};${wish}`)
    : section.replace(/(a=rtpmap:.*\r\n)/, `$1a=fmtp:${payloadType} ${wish}\r\n`);
  return answer.replace(section, changed);
}
