import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { SmtpMailer } from "../src/domain/accounts/smtp-mailer.ts";

it("hands a mail to the configured SMTP server", async () => {
  let received = "";
  const server = createServer((socket) => {
    let inMessage = false;
    socket.write("220 test\r\n");
    socket.on("data", (chunk) => {
      const text = chunk.toString("utf8");
      received += text;
      if (inMessage) {
        if (!received.includes("\r\n.\r\n")) return;
        inMessage = false;
        socket.write("250 taken\r\n");
      } else if (/^DATA/i.test(text)) {
        inMessage = true;
        socket.write("354 go on\r\n");
      } else if (/^QUIT/i.test(text)) socket.end("221 bye\r\n");
      else socket.write("250 fine\r\n");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const mailer = new SmtpMailer({ url: `smtp://127.0.0.1:${port}`, from: "Footlight <live@example.org>" });
    await mailer.send({
      to: "anna@example.org",
      subject: "Hello",
      text: "A link:\nhttps://example.org/reset",
    });
    expect(received).toContain("MAIL FROM:<live@example.org>");
    expect(received).toContain("RCPT TO:<anna@example.org>");
    expect(received).toContain("Subject: Hello");
    expect(received).toContain("https://example.org/reset");
  } finally {
    server.close();
  }
});
