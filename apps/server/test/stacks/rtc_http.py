"""What every peer here shares: the HTTP of WHIP and WHEP, and its lines to the test that drives it."""

import sys
import threading
import urllib.parse
import urllib.request


def say(line):
    print(line, flush=True)


def post(url, offer, key):
    """Returns the answer, and how to end the session."""
    headers = {"content-type": "application/sdp"}
    if key is not None:
        headers["authorization"] = "Bearer " + key
    request = urllib.request.Request(url, data=offer.encode(), headers=headers, method="POST")
    with urllib.request.urlopen(request) as response:
        location = urllib.parse.urljoin(url, response.headers["location"])
        answer = response.read().decode()
    say("answered")

    def end():
        headers.pop("content-type", None)
        urllib.request.urlopen(urllib.request.Request(location, headers=headers, method="DELETE")).close()

    return answer, end


def when_told_to_end(callback):
    """The test closes our input: also when it dies."""

    def wait():
        sys.stdin.read()
        callback()

    threading.Thread(target=wait, daemon=True).start()


class Counter:
    """Tells how many frames of a kind have come, at 1, 2, 4, 8, … of them."""

    def __init__(self):
        self.counts = {}

    def add(self, kind):
        count = self.counts[kind] = self.counts.get(kind, 0) + 1
        if count & (count - 1) == 0:
            say(f"{kind} {count}")
