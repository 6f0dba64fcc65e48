/** Names for a refusal's text: what the encoder's user would call the codec. */
const FOURCC_NAMES: Readonly<Record<string, string>> = {
  vp08: "VP8",
  vp09: "VP9",
  vvc1: "H.266/VVC",
  Opus: "Opus",
  fLaC: "FLAC",
  "ac-3": "AC-3",
  "ec-3": "E-AC-3",
  ".mp3": "MP3",
};
const VIDEO_NAMES: Readonly<Record<number, string>> = {
  1: "JPEG",
  2: "Sorenson H.263",
  3: "Screen video",
  4: "VP6",
  5: "VP6 with alpha",
  6: "Screen video 2",
  8: "H.263",
  9: "MPEG-4 part 2",
  13: "AV1 in legacy FLV",
  14: "VP9 in legacy FLV",
};
const AUDIO_NAMES: Readonly<Record<number, string>> = {
  0: "PCM",
  1: "ADPCM",
  2: "MP3",
  3: "PCM",
  4: "Nellymoser",
  5: "Nellymoser",
  6: "Nellymoser",
  7: "G.711 A-law",
  8: "G.711 µ-law",
  11: "Speex",
  13: "Opus in legacy FLV",
  14: "MP3",
};

/** A FourCC's bytes are the peer's: only letters, digits and `.-` reach a text. */
export const fourCcName = (fourCc: string): string =>
  FOURCC_NAMES[fourCc] ?? `"${fourCc.replaceAll(/[^A-Za-z0-9.-]/g, "?")}"`;
export const videoCodecName = (id: number): string => VIDEO_NAMES[id] ?? `video codec ${id}`;
export const audioCodecName = (id: number): string => AUDIO_NAMES[id] ?? `audio codec ${id}`;
