/** A page that is hidden has its own timers slowed down to one a second; a worker's go on. */
self.onmessage = ({ data }: MessageEvent<number>) => {
  setInterval(() => self.postMessage(null), data);
};
