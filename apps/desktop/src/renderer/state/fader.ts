/** Ends of a fader; −∞ is written as −96 dB, as in the document. */
export const SILENT_DB = -96;
export const LOUDEST_DB = 6;

const LOUDEST = 10 ** (LOUDEST_DB / 20);

/** Where a volume stands on a fader of 0 to 1: a cubic taper, so that most of the way is for what is audible. */
export const positionOf = (db: number): number =>
  db <= -90 ? 0 : Math.min(1, Math.cbrt(10 ** (db / 20) / LOUDEST));

/** In steps of a tenth of a dB. */
export const volumeAt = (position: number): number => {
  if (position <= 0.001) return SILENT_DB;
  const db = 20 * Math.log10(LOUDEST * Math.min(1, position) ** 3);
  return db < -90 ? SILENT_DB : Math.round(db * 10) / 10;
};

export const volumeWords = (db: number): string =>
  db <= -90 ? "−∞ dB" : `${db > 0 ? "+" : db < 0 ? "−" : ""}${Math.abs(db).toFixed(1)} dB`;

/** How much of a meter is lit: −60 dBFS none, 0 all. */
export const meterShare = (db: number): number => Math.min(1, Math.max(0, (db + 60) / 60));
