import { execFile } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";

/** Sends bytes as they are and returns all that comes back until the server closes. */
export function rawExchange(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.setTimeout(5_000, () => socket.destroy(new Error(`no answer; so far: ${answer}`)));
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("error", (error) => (answer === "" ? reject(error) : resolve(answer)));
    socket.on("close", () => resolve(answer));
  });
}

/** A self-signed certificate for localhost, made anew. */
export async function tlsFiles(folder: string): Promise<{ cert: string; key: string }> {
  const cert = join(folder, "cert.pem");
  const key = join(folder, "key.pem");
  await promisify(execFile)("openssl", [
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost".split(
      " ",
    ),
    ...["-keyout", key, "-out", cert],
  ]);
  return { cert, key };
}
