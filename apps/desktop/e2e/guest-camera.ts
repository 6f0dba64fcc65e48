import type { BrowserContext } from "playwright-core";
import { CODE_AREA, CODE_CELLS } from "../../server/src/testing/clock-code.ts";

/** What they share as their screen, of another shape than the camera's picture. */
export const SCREEN_COLOUR = [200, 120, 40] as const;
/** What the made-up camera shows all over, and its microphone sounds like. */
export const GUEST_COLOUR = [40, 90, 200] as const;
export const GUEST_TONE_HZ = 660;

/**
 * Gives pages a camera of one colour with the time of each frame in it, and a microphone with a steady tone, so that
 * both are known again wherever they come out.
 */
export async function guestCamera(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ({ colour, screen, hz, area, cells }) => {
      if (navigator.mediaDevices === undefined) return;
      const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const picture = () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 360];
        const paint = canvas.getContext("2d");
        const draw = () => {
          if (paint === null) return;
          paint.fillStyle = `rgb(${colour.join()})`;
          paint.fillRect(0, 0, 640, 360);
          // As testing/clock-code.ts writes it, which cannot be called in here.
          const timeMs = Date.now();
          let sum = 0;
          for (let rest = timeMs; rest > 0; rest = Math.floor(rest / 16))
            sum = (sum * 3 + (rest % 16) + 1) % 16;
          const width = (area.width * 640) / cells;
          for (let i = 0; i < cells; i += 1) {
            const isWhite = Math.floor((timeMs * 16 + sum) / 2 ** (cells - 1 - i)) % 2 === 1;
            paint.fillStyle = isWhite ? "white" : "black";
            paint.fillRect(area.left * 640 + i * width, area.top * 360, width + 1, area.height * 360);
          }
        };
        // A worker's timer runs on in a tab behind.
        const timer = new Worker(URL.createObjectURL(new Blob(["setInterval(() => postMessage(0), 33)"])));
        timer.onmessage = draw;
        return canvas.captureStream(30).getVideoTracks();
      };
      const sound = () => {
        const context = new AudioContext();
        const tone = new OscillatorNode(context, { frequency: hz });
        const volume = new GainNode(context, { gain: 0.3 });
        const output = new MediaStreamAudioDestinationNode(context);
        tone.connect(volume).connect(output);
        tone.start();
        return output.stream.getAudioTracks();
      };
      navigator.mediaDevices.getDisplayMedia = async () => {
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [640, 480];
        const paint = canvas.getContext("2d");
        if (paint) paint.fillStyle = `rgb(${screen.join()})`;
        // As still as a screen is, but for what an encoder needs to begin.
        setInterval(() => paint?.fillRect(0, 0, 640, 480), 250);
        return canvas.captureStream(10);
      };
      navigator.mediaDevices.getUserMedia = async (wish) => {
        // Asked for all the same: pages list devices by what was allowed.
        const real = await own(wish);
        for (const track of real.getTracks()) track.stop();
        return new MediaStream([...(wish?.video ? picture() : []), ...(wish?.audio ? sound() : [])]);
      };
    },
    { colour: GUEST_COLOUR, screen: SCREEN_COLOUR, hz: GUEST_TONE_HZ, area: CODE_AREA, cells: CODE_CELLS },
  );
}
