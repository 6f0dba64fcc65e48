import { pathToFileURL } from "node:url";
import { main, serverMain, setup } from "./setup/setup.mjs";

/** `npm start`: builds what is missing, then becomes the server, which handles signals itself. */
let ready = false;
await main(async () => {
  await setup("start");
  ready = true;
});
if (ready) {
  // Stack traces then name lines of the sources.
  process.setSourceMapsEnabled(true);
  await import(pathToFileURL(serverMain).href);
}
