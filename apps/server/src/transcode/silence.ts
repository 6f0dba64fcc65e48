/**
 * One AAC-LC frame of digital silence, 48 kHz stereo, 1024 samples: what ffmpeg 4.1's encoder makes
 * of anullsrc once it is settled (found with `ffmpeg -f lavfi -i anullsrc=r=48000:cl=stereo -c:a aac -f adts`).
 * Each such frame decodes by itself, so it can be repeated and put between others.
 */
export const SILENT_AAC_FRAME: Uint8Array = Uint8Array.from([0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c]);

/** AudioSpecificConfig (ISO 14496-3 §1.6.2.1): AAC-LC, 48 kHz, two channels. */
export const AAC_48K_STEREO_CONFIG: Uint8Array = Uint8Array.from([0x11, 0x90]);

/** 1024 samples at 48 kHz are a whole number of ticks. */
export const AAC_FRAME90K = 1920;
