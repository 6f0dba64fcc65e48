/** Waits until a multivariant playlist's first quality has a segment: from then on it can be played. */
export async function playable(masterUrl: string): Promise<void> {
  for (;;) {
    const master = await fetch(masterUrl);
    const variant = (await master.text()).split("\n").find((line) => line.endsWith("index.m3u8"));
    if (master.ok && variant !== undefined) {
      const list = await (await fetch(new URL(variant, masterUrl))).text();
      if (list.includes("#EXTINF")) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
