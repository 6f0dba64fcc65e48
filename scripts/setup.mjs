import { SetupError } from "./setup/progress.mjs";
import { main, PURPOSES, setup } from "./setup/setup.mjs";

/** `node scripts/setup.mjs --for start|demo|dev|studio|test` */
await main(async () => {
  const asked = process.argv[process.argv.indexOf("--for") + 1] ?? "start";
  const purpose = PURPOSES.find((each) => each === asked);
  if (purpose === undefined) throw new SetupError(`--for takes one of ${PURPOSES.join(", ")}`);
  const { worker } = await setup(purpose);
  if (!(await worker()) && purpose === "test") process.exitCode = 1;
});
