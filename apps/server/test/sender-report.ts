/** RFC 3550 §6.4.1, without blocks, of this moment. By these the worker brings layers onto one clock. */
export function senderReport(ssrc: number, timestamp: number): Buffer {
  const report = Buffer.alloc(28);
  report.set([0x80, 200, 0, 6]);
  report.writeUInt32BE(ssrc, 4);
  const seconds = Date.now() / 1_000 + 2_208_988_800;
  report.writeUInt32BE(Math.floor(seconds), 8);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  report.writeUInt32BE(timestamp >>> 0, 16);
  return report;
}
