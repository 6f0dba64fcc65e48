/** One picture of the storyboard: a tile of a sheet, and from when it is shown, seconds since the stream's start. */
export interface Tile {
  readonly fromS: number;
  readonly toS: number;
  /** The sheet's address. */
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const CUE = /^(?:(\d+):)?(\d{2}):(\d{2}\.\d{3}) --> (?:(\d+):)?(\d{2}):(\d{2}\.\d{3})/;
const FRAGMENT = /^(.+)#xywh=(\d+),(\d+),(\d+),(\d+)$/;

/** Cues that name a tile by a media fragment (`sheet.jpg#xywh=x,y,w,h`); everything else is passed over. */
export const readStoryboard = (vtt: string, base: string): Tile[] =>
  vtt.split(/\r?\n\r?\n/).flatMap((block) => {
    const lines = block.split(/\r?\n/);
    const times = lines.findIndex((line) => CUE.test(line));
    const cue = CUE.exec(lines[times] ?? "");
    const text = FRAGMENT.exec(lines[times + 1] ?? "");
    if (!cue || !text) return [];
    const [fromS, toS] = [seconds(cue.slice(1, 4)), seconds(cue.slice(4, 7))];
    const [x = 0, y = 0, width = 0, height = 0] = text.slice(2).map(Number);
    return [{ fromS, toS, url: new URL(text[1] ?? "", base).href, x, y, width, height }];
  });

const seconds = ([hours, minutes, rest]: readonly (string | undefined)[]): number =>
  Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(rest);

/** The last that began by then: also where there is none of that very moment. The first before all. */
export const tileAt = (tiles: readonly Tile[], streamS: number): Tile | null =>
  tiles.findLast(({ fromS }) => fromS <= streamS) ?? tiles[0] ?? null;
