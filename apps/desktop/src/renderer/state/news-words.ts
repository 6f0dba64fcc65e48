import type { News } from "../../contract/studio-topics.ts";
import { fileFaultWords, recordingFaultWords } from "./live-words.ts";
import { replayFaultWords, type SignInFault, signInWords } from "./words.ts";

export interface NewsWords {
  readonly words: string;
  readonly tone: "good" | "bad";
  /** Its detail is a file that can be shown. */
  readonly hasFile?: boolean;
  /** Until it is put away: something of one's own is not where one left it. */
  readonly stays?: boolean;
}

/** Of what an import left out; Settings, Scenes lists all of it. */
const LISTED = 4;

/** What happened, and where it helps what to do now; null: nothing that needs saying at once. */
export const newsWords = ({ code, detail }: News): NewsWords | null => {
  const bad = (words: string) => ({ words, tone: "bad" as const });
  const good = (words: string) => ({ words, tone: "good" as const });
  /** Nothing is lost, but it lies elsewhere now. */
  const aside = (words: string) => ({ ...bad(words), hasFile: true, stays: true });
  switch (code) {
    case "document_broken":
      return aside("Your scenes could not be read, so you begin with new ones. The file is kept.");
    case "document_from_future":
      return aside(
        "These scenes were made by a newer studio, so you begin with new ones. The file is kept: update the studio, then import it.",
      );
    case "document_not_saved":
      return {
        ...bad(`Your scenes cannot be saved. ${fileFaultWords(detail)} It is tried again by itself.`),
        stays: true,
      };
    case "document_saved_again":
      return good("Your scenes are saved again.");
    case "settings_broken":
      return aside(
        "Your settings could not be read, so they are as in a new studio: sign in and choose your targets again. The file is kept.",
      );
    case "engine_restarted":
      return bad("The picture's process crashed and was started again.");
    case "encoder_restarted":
      return bad("The encoder crashed and was started again.");
    case "engine_failed":
      return bad("The picture's process keeps crashing and is no longer started by itself.");
    case "encoder_failed":
      return bad("The encoder keeps crashing and is no longer started by itself.");
    case "encoder_hopeless":
      return bad(`The encoder ${detail} does not work here. x264 has taken its place.`);
    case "recording_saved":
      return { ...good(`Recording saved as ${fileName(detail)}`), hasFile: true };
    case "recording_failed":
      return bad(`The recording stopped. ${recordingFaultWords(detail)}`);
    case "replay_saved":
      return { ...good(`Replay saved as ${fileName(detail)}`), hasFile: true };
    case "replay_failed":
      return bad(replayFaultWords(detail));
    case "marker_set":
      return good(`${detail} is set.`);
    case "disk_nearly_full":
      return bad(
        Number(detail) < 1
          ? "The disk is nearly full: it lasts for less than a minute of recording."
          : `The disk is nearly full: it lasts for ${detail === "1" ? "another minute" : `another ${detail} minutes`} of recording.`,
      );
    case "backfill_done":
      return good(`${detail} frames that the line had kept back are with the server.`);
    case "backfill_failed":
      return bad(`What the line kept back could not be sent: ${detail}`);
    case "spool_full":
      return bad("The line is down, and there is no more room to keep what the server lacks.");
    case "hotkey_unavailable":
      return bad(`Another programme holds the key ${detail}. Choose another one in Settings, Hotkeys.`);
    case "update_ready":
      return good(
        `Version ${detail} is here. Restart to update in the File menu, or it comes when you close the studio.`,
      );
    case "update_there": {
      const [version, address] = detail.split(" ");
      return { ...good(`Version ${version} is there. Get it at ${address}`), stays: true };
    }
    case "secrets_not_kept":
      // Said where passwords and keys are typed in.
      return null;
    case "invitation_opened":
      return good(`The invitation to ${detail} is open in your browser. Guests join there.`);
    case "scenes_imported": {
      const [name, ...leftOut] = detail.split("\n");
      const words = `Imported ${name}.`;
      if (leftOut.length === 0) return good(words);
      const more = leftOut.length > LISTED ? `; and ${leftOut.length - LISTED} more` : "";
      const list = leftOut.slice(0, LISTED).join("; ");
      return { ...bad(`${words} Left out, or to be looked at: ${list}${more}.`), stays: true };
    }
    case "scenes_unreadable":
      return bad("That file is no scene collection of the studio or OBS, and no profile of OBS.");
    case "sign_in_failed":
      return bad(`You are not signed in. ${signInWords(detail as SignInFault)}`);
  }
};

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
