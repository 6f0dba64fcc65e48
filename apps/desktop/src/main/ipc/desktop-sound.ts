import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "electron";

/** Whether the system lets a program have what its loudspeakers play. */
export function hearsDesktop(platform = process.platform, env = process.env, exists = existsSync): boolean {
  if (platform === "win32") return true;
  // Of a sound server of PulseAudio's kind (PipeWire is one); ALSA alone has nothing to give. macOS gives it to
  // programs that it was packaged to ask about, which nobody could try here.
  const { PULSE_SERVER: server, XDG_RUNTIME_DIR: runtime } = env;
  const hasServer = server !== undefined && server !== "";
  return (
    platform === "linux" && (hasServer || (runtime !== undefined && exists(join(runtime, "pulse/native"))))
  );
}

/** `getDisplayMedia` of our pages: the sound alone. Pictures of the screen have a way of their own. */
export function giveDesktopSound(session: Session): void {
  session.setDisplayMediaRequestHandler(({ audioRequested, videoRequested }, answer) => {
    if (audioRequested && !videoRequested && hearsDesktop()) answer({ audio: "loopback" });
    else answer({});
  });
}
