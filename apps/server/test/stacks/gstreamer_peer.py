"""GStreamer's webrtcbin as WHEP player (`URL`) or WHIP publisher (`URL KEY`), until its input ends."""

import os
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402
from rtc_http import Counter, post, say, when_told_to_end  # noqa: E402

PUBLISHER = """
webrtcbin name=peer bundle-policy=max-bundle
audiotestsrc is-live=true ! opusenc ! rtpopuspay pt=97 !
  application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer.
videotestsrc is-live=true ! video/x-raw,width=320,height=180,framerate=30/1 !
  openh264enc gop-size=30 complexity=low ! video/x-h264,profile=constrained-baseline !
  rtph264pay pt=96 config-interval=-1 aggregate-mode=zero-latency !
  application/x-rtp,media=video,encoding-name=H264,payload=96 ! peer.
"""
RECEIVED = (
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=97,clock-rate=48000,encoding-params=(string)2",
    "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f",
)
# What C owns and Python would free.
kept = []


def publisher():
    pipeline = Gst.parse_launch(PUBLISHER)
    return pipeline, pipeline.get_by_name("peer")


def player():
    pipeline = Gst.Pipeline.new("player")
    peer = Gst.ElementFactory.make("webrtcbin", "peer")
    peer.set_property("bundle-policy", "max-bundle")
    pipeline.add(peer)
    for caps in RECEIVED:
        direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
        peer.emit("add-transceiver", direction, Gst.Caps.from_string(caps))
    counter = Counter()

    def on_pad(_peer, pad):
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("sync", False)
        sink.set_property("signal-handoffs", True)
        sink.connect("handoff", lambda *_: counter.add(kind))
        pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    peer.connect("pad-added", on_pad)
    return pipeline, peer


def description(kind, text):
    _, message = GstSdp.SDPMessage.new_from_text(text)
    made = GstWebRTC.WebRTCSessionDescription.new(kind, message)
    kept.extend([message, made])
    return made


def main(url, key=None):
    Gst.init(None)
    pipeline, peer = player() if key is None else publisher()
    loop = GLib.MainLoop()
    ends = []
    peer.connect(
        "notify::connection-state", lambda *_: say(peer.get_property("connection-state").value_nick)
    )

    def negotiate(offer):
        # Without candidates: it is the server that is reached.
        answer, end = post(url, offer, key)
        ends.append(end)
        answered = description(GstWebRTC.WebRTCSDPType.ANSWER, answer)
        peer.emit("set-remote-description", answered, Gst.Promise.new())
        return False

    def on_offer(promise, *_):
        reply = promise.get_reply()
        offer = reply.get_value("offer")
        kept.extend([promise, reply, offer])
        text = offer.sdp.as_text()
        made = description(GstWebRTC.WebRTCSDPType.OFFER, text)
        peer.emit("set-local-description", made, Gst.Promise.new_with_change_func(
            lambda *_: GLib.idle_add(negotiate, text)))

    def create_offer(*_):
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(on_offer))
        return False

    if key is None:
        GLib.idle_add(create_offer)
    else:
        # When the encoders have said what they make.
        peer.connect("on-negotiation-needed", create_offer)
    when_told_to_end(lambda: GLib.idle_add(loop.quit))
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    for end in ends:
        end()
    # Without taking the pipeline apart: Python and C would both free what is kept.
    os._exit(0)


main(*sys.argv[1:])
