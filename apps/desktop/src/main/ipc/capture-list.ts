import { desktopCapturer, screen } from "electron";
import type { CallOutput } from "../../contract/studio-calls.ts";

const THUMBNAIL = { width: 320, height: 180 };

/** What can be captured: displays in the system's order, windows with the newest first. */
export async function captureList(): Promise<CallOutput<"capture.list">> {
  const sources = await desktopCapturer.getSources({ types: ["screen", "window"], thumbnailSize: THUMBNAIL });
  const picked = ({ id, name, thumbnail }: Electron.DesktopCapturerSource) => ({
    id,
    name,
    thumbnail: thumbnail.toDataURL(),
  });
  const isDisplay = ({ id }: Electron.DesktopCapturerSource) => id.startsWith("screen:");
  const all = screen.getAllDisplays();
  const sized = (source: Electron.DesktopCapturerSource) => {
    const display = all.find(({ id }) => String(id) === source.display_id) ?? screen.getPrimaryDisplay();
    const { scaleFactor, size } = display;
    const pixels = (points: number) => Math.round(points * scaleFactor);
    return { ...picked(source), width: pixels(size.width), height: pixels(size.height) };
  };
  return {
    displays: sources.filter(isDisplay).map(sized),
    windows: sources.filter((source) => !isDisplay(source)).map(picked),
  };
}

/** The main display, as a capture names it; null where nothing can be captured. */
export async function mainDisplay(): Promise<string | null> {
  try {
    const sources = await desktopCapturer.getSources({
      types: ["screen"],
      thumbnailSize: { width: 0, height: 0 },
    });
    const primary = String(screen.getPrimaryDisplay().id);
    return (sources.find((each) => each.display_id === primary) ?? sources[0])?.id ?? null;
  } catch {
    return null;
  }
}

/** Without pictures; null where each look would ask the person, as Wayland's portal does. */
export async function windowsNow(): Promise<
  readonly { readonly id: string; readonly name: string }[] | null
> {
  if (process.platform === "linux" && process.env["XDG_SESSION_TYPE"] === "wayland") return null;
  return await desktopCapturer.getSources({ types: ["window"], thumbnailSize: { width: 0, height: 0 } });
}
