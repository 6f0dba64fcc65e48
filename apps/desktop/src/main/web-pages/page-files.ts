import { dirname, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Session } from "electron";
import type { StudioDocument } from "../../model/document.ts";
import { answerFile, typeOf } from "../windows/app-files.ts";
import { LOCAL_SCHEME } from "../windows/schemes.ts";

const HOST = "local";

/**
 * Local pages by a scheme of their own: what Electron gives to `file:` pages may read all of the disk, and send it
 * anywhere. By this one they have the files beside and below them.
 */
export class PageFiles implements Disposable {
  constructor(
    private readonly session: Session,
    private readonly document: () => StudioDocument,
  ) {
    session.protocol.handle(LOCAL_SCHEME, (request) => this.answer(request));
    session.protocol.handle("file", () => refuse());
  }

  async answer(request: Request): Promise<Response> {
    const path = pathOf(request.url);
    if (path === undefined || !this.#folders().some((folder) => isBelow(path, folder))) return refuse();
    return await answerFile(request, path, {
      "content-type": typeOf(path),
      "x-content-type-options": "nosniff",
    });
  }

  [Symbol.dispose](): void {
    this.session.protocol.unhandle(LOCAL_SCHEME);
    this.session.protocol.unhandle("file");
  }

  #folders(): string[] {
    return Object.values(this.document().sources).flatMap(({ settings }) => {
      const path = settings.kind === "browser" ? pathOfFile(settings.url) : undefined;
      return path === undefined ? [] : [dirname(path)];
    });
  }
}

/** Where a page is loaded from: `file:` by the scheme above, everything else as it is. */
export function loadAddress(url: string): string {
  const path = pathOfFile(url);
  return path === undefined ? url : `${LOCAL_SCHEME}://${HOST}${pathToFileURL(path).pathname}`;
}

const refuse = (): Response => new Response(null, { status: 404 });

/** Hidden files are nobody's business. */
function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.split(sep).some((part) => part.startsWith(".")) && !way.includes(":");
}

function pathOfFile(url: string): string | undefined {
  return /^file:\/\//i.test(url) ? toPath(url) : undefined;
}

function pathOf(url: string): string | undefined {
  const { host, pathname } = new URL(url);
  return host === HOST ? toPath(`file://${pathname}`) : undefined;
}

function toPath(fileUrl: string): string | undefined {
  try {
    return fileURLToPath(fileUrl);
  } catch {
    return undefined;
  }
}
