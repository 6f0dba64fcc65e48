/** What README.md has too; a keyframe every 2 s of a film with 30 frames a second. */
export const ffmpegCommand = (rtmp: string, key: string): string =>
  `ffmpeg -re -i FILE -c:v libx264 -preset veryfast -pix_fmt yuv420p -g 60 -sc_threshold 0 -b:v 3000k \\
  -c:a aac -f flv ${rtmp}/${key}`;

/** An address that means another machine wherever it is typed. */
export const isOwnMachineOnly = (url: string): boolean => {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
};
