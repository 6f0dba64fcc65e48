/**
 * The environment, with what a `.env` file in the working folder adds to it (a variable that is set
 * already wins). The only place that reads `process.env`.
 */
export function readEnv(): Readonly<Record<string, string | undefined>> {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return process.env;
}
