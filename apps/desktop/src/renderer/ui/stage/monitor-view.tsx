import { type ReactNode, useEffect, useRef, useState } from "react";
import type { MonitorPicture } from "../../../contract/monitor-port.ts";
import { useDocument, useStudio } from "../use-studio.ts";

/** Room around the picture, so that what hangs over its edge can be taken hold of. */
export const RIM_PX = 20;

/** One monitor as large as there is room for; `children` lie over it, told how many CSS pixels a canvas pixel has. */
export const MonitorView = ({
  view,
  name,
  onAir = false,
  children,
}: {
  view: MonitorPicture["view"];
  name: string | null;
  onAir?: boolean;
  children?: (scale: number) => ReactNode;
}) => {
  const studio = useStudio();
  const { canvas } = useDocument();
  const frame = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLCanvasElement>(null);
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setRoom(entry.contentRect));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const scale = Math.max(
    0,
    Math.min((room.width - 2 * RIM_PX) / canvas.width, (room.height - 2 * RIM_PX) / canvas.height),
  );
  const width = Math.floor(canvas.width * scale);
  const height = Math.floor(canvas.height * scale);
  useEffect(() => {
    if (!picture.current || width === 0) return;
    return studio.monitor.show(view, picture.current, width * window.devicePixelRatio);
  }, [studio, view, width]);
  return (
    <div className="monitor" data-on-air={onAir || undefined}>
      {name && <p className="monitor-name">{name}</p>}
      <div className="monitor-room" ref={frame}>
        <div className="monitor-picture" style={{ width, height }}>
          <canvas ref={picture} data-view={view} role="img" aria-label={name ?? "Programme"} />
          {scale > 0 && children?.(scale)}
        </div>
      </div>
    </div>
  );
};
