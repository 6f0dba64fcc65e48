import { pathToFileURL } from "node:url";
import { main, serverMain, setup } from "./setup/setup.mjs";

/**
 * `npm start`: builds what is missing, then becomes the server, which handles signals itself. The young
 * generation may grow to 64 MiB (package.json): a crowd's held requests outlive a smaller one, and collecting
 * them then costs a sixth of the CPU (bench/ll-viewers.ts).
 */
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
