import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/** What a page of ours may ask of the browser; guests use camera and microphone, nobody the rest. */
const PERMISSIONS = [
  "autoplay=(self)",
  "camera=(self)",
  "microphone=(self)",
  "display-capture=(self)",
  "fullscreen=(self)",
  "picture-in-picture=(self)",
  "screen-wake-lock=(self)",
  "geolocation=()",
  "payment=()",
  "usb=()",
  "interest-cohort=()",
].join(", ");

const HOST = /^[A-Za-z0-9.[\]:-]{1,255}$/;

/** Headers of everything fastify answers. No inline script or style, no framing, no other origin. */
export async function installSecurityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    global: true,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        // Safari before 15.4 does not count a WebSocket of the same host as 'self'.
        "connect-src": [
          "'self'",
          (request) => {
            const host = String(request.headers.host ?? request.headers[":authority"] ?? "");
            return HOST.test(host) ? `ws://${host} wss://${host}` : "'self'";
          },
        ],
        "worker-src": ["'self'", "blob:"],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
      },
    },
    frameguard: { action: "deny" },
    referrerPolicy: { policy: "strict-origin-when-cross-origin" },
    crossOriginEmbedderPolicy: false,
    // Pictures and answers of a public API may be shown by other sites; CORS guards what is read.
    crossOriginResourcePolicy: false,
    strictTransportSecurity: false,
  });
  app.addHook("onRequest", async (request, reply) => {
    reply.header("permissions-policy", PERMISSIONS);
    // Only where the browser itself came by TLS, else a plain installation would lock itself out.
    if (request.protocol === "https") reply.header("strict-transport-security", "max-age=31536000");
  });
}
