"""aiortc as WHEP player (`URL`) or WHIP publisher (`URL KEY`), until its input ends."""

import asyncio
import sys

from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack
from av import VideoFrame
from rtc_http import Counter, post, say, when_told_to_end


class SmallTrack(VideoStreamTrack):
    """aiortc's own is 640x480, which two cores cannot encode beside all else."""

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = VideoFrame(width=320, height=180)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.pts, frame.time_base = pts, time_base
        return frame


async def count(track, counter):
    try:
        while True:
            await track.recv()
            counter.add(track.kind)
    except MediaStreamError:
        pass


async def main(url, key=None):
    pc = RTCPeerConnection()
    counter = Counter()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    when_told_to_end(lambda: loop.call_soon_threadsafe(ended.set))
    if key is None:
        pc.addTransceiver("audio", direction="recvonly")
        pc.addTransceiver("video", direction="recvonly")
    else:
        pc.addTransceiver(AudioStreamTrack(), direction="sendonly")
        pc.addTransceiver(SmallTrack(), direction="sendonly")
    tasks = []
    pc.on("track", lambda track: tasks.append(asyncio.ensure_future(count(track, counter))))
    pc.on("connectionstatechange", lambda: say(pc.connectionState))

    await pc.setLocalDescription(await pc.createOffer())
    answer, end = await asyncio.to_thread(post, url, pc.localDescription.sdp, key)
    await pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await ended.wait()
    await asyncio.to_thread(end)
    await pc.close()


asyncio.run(main(*sys.argv[1:]))
