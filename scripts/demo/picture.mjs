/**
 * The demo's generated picture and sound as ffmpeg arguments: moving bars, a wall clock with tenths
 * and a beeping tone. The clock is drawn of boxes, seven segments a digit, because the bundled
 * ffmpeg brings no font and a machine need not have one.
 */
const SIZE = { width: 1280, height: 720, fps: 30 };
const GOP_S = 2;

/** Where each segment lies in a digit's cell, and the digits that light it. */
const DIGIT = { width: 44, height: 84, stroke: 10, gap: 20 };
const { width: w, height: h, stroke: t } = DIGIT;
const SEGMENTS = [
  { box: [0, 0, w, t], digits: [0, 2, 3, 5, 6, 7, 8, 9] },
  { box: [w - t, 0, t, h / 2], digits: [0, 1, 2, 3, 4, 7, 8, 9] },
  { box: [w - t, h / 2, t, h / 2], digits: [0, 1, 3, 4, 5, 6, 7, 8, 9] },
  { box: [0, h - t, w, t], digits: [0, 2, 3, 5, 6, 8, 9] },
  { box: [0, h / 2, t, h / 2], digits: [0, 2, 6, 8] },
  { box: [0, 0, t, h / 2], digits: [0, 4, 5, 6, 8, 9] },
  { box: [0, (h - t) / 2, w, t], digits: [2, 3, 4, 5, 6, 8, 9] },
];

/** @param {number[]} box x, y, width, height @param {string} [rest] */
function drawBox([x, y, width, height], rest = "color=white") {
  return `drawbox=x=${x}:y=${y}:w=${width}:h=${height}:t=fill:${rest}`;
}

/** HH:MM:SS.d of this machine's time zone. @param {number} left @param {number} top */
function clock(left, top) {
  const now = `(time(0)+${-new Date().getTimezoneOffset() * 60})`;
  const digits = [
    `floor(mod(${now}/3600,24)/10)`,
    `mod(floor(mod(${now}/3600,24)),10)`,
    `mod(floor(${now}/600),6)`,
    `mod(floor(${now}/60),10)`,
    `mod(floor(${now}/10),6)`,
    `mod(floor(${now}),10)`,
    `mod(floor(${now}*10),10)`,
  ];
  const filters = [drawBox([left - 30, top - 30, 620, h + 60], "color=black@0.75")];
  let x = left;
  for (const [i, digit] of digits.entries()) {
    for (const { box, digits: lit } of SEGMENTS) {
      const mask = lit.reduce((bits, value) => bits + 2 ** value, 0);
      const [dx = 0, dy = 0, width = 0, height = 0] = box;
      const enable = `enable='mod(floor(${mask}/pow(2,${digit})),2)'`;
      filters.push(drawBox([x + dx, top + dy, width, height], `color=white:${enable}`));
    }
    x += w + DIGIT.gap;
    const dots = i === 1 || i === 3 ? [20, 54] : i === 5 ? [h - t] : [];
    for (const dy of dots) filters.push(drawBox([x, top + dy, t, t]));
    if (dots.length > 0) x += t + DIGIT.gap;
  }
  return filters.join(",");
}

/** Arguments that publish the picture in real time. @param {string} url */
export function pictureArguments(url) {
  const { width, height, fps } = SIZE;
  const gop = String(GOP_S * fps);
  return [
    ..."-hide_banner -loglevel warning -nostdin".split(" "),
    ...["-re", "-f", "lavfi", "-i", `testsrc2=size=${width}x${height}:rate=${fps}`],
    ...["-f", "lavfi", "-i", "sine=frequency=220:beep_factor=4:sample_rate=48000"],
    ...["-vf", `hue=s=0.55,${clock(60, height - 160)},format=yuv420p`],
    ..."-c:v libx264 -preset superfast -tune zerolatency -b:v 2500k -maxrate 2500k -bufsize 2500k".split(" "),
    ...["-g", gop, "-keyint_min", gop, "-sc_threshold", "0"],
    ..."-af volume=0.15 -c:a aac -b:a 128k -ac 2 -f flv".split(" "),
    url,
  ];
}
