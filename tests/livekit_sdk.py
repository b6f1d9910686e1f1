"""Stock LiveKit Python participants in one room: each plays a tone of its own, says which tones it hears, and more.

usage: livekit_sdk.py URL TOKEN...      prints one JSON line per step; exit code 0 if everything that was expected came.
"""

import asyncio
import sys
import time

import numpy as np
from livekit import rtc
from livekit_steps import DEADLINE, say, until

RATE = 48000


class Participant:
    def __init__(self, number):
        self.number = number
        self.tone = 400 + 200 * number
        self.room = rtc.Room()
        self.heard = {}
        self.data = []
        self.events = []
        self.tasks = []
        room = self.room
        room.on("track_subscribed", self.subscribed)
        room.on("data_received", lambda packet: self.data.append((packet.participant.identity, packet.data.decode())))
        room.on("participant_disconnected", lambda p: self.events.append(("left", p.identity)))
        room.on("track_muted", lambda p, _: self.events.append(("muted", p.identity)))
        room.on("participant_attributes_changed", lambda changed, p: self.events.append(("attributes", p.identity)))
        room.on("active_speakers_changed", lambda s: self.events.extend(("speaks", p.identity) for p in s))
        room.on("reconnected", lambda: self.events.append(("reconnected", None)))
        room.on("disconnected", lambda why: self.events.append(("disconnected", int(why))))

    def subscribed(self, track, publication, participant):
        self.tasks.append(asyncio.ensure_future(self.listen(track, participant.identity)))

    async def listen(self, track, identity):
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1, frame_size_ms=100):
            samples = np.frombuffer(event.frame.data, dtype=np.int16).astype(float)
            if np.abs(samples).max() < 300:
                self.heard[identity] = 0
                continue
            spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
            self.heard[identity] = int(round(np.argmax(spectrum) * RATE / len(samples) / 50) * 50)

    async def play(self):
        source = rtc.AudioSource(RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self.track = track
        self.tasks.append(asyncio.ensure_future(self.feed(source)))

    async def feed(self, source):
        step = RATE // 50
        n = 0
        while True:
            t = (np.arange(step) + n) / RATE
            n += step
            samples = (8000 * np.sin(2 * np.pi * self.tone * t)).astype(np.int16)
            await source.capture_frame(rtc.AudioFrame(samples.tobytes(), RATE, 1, step))


async def main(url, tokens):
    people = [Participant(n) for n in range(len(tokens))]
    for person, token in zip(people, tokens):
        start = time.monotonic()
        await asyncio.wait_for(person.room.connect(url, token), DEADLINE)
        await asyncio.wait_for(person.play(), DEADLINE)
        say(joined=person.room.local_participant.identity, after_ms=int(1000 * (time.monotonic() - start)))
    names = {p: p.room.local_participant.identity for p in people}

    def all_hear(group):
        return all(p.heard.get(names[o]) == o.tone for p in group for o in group if o is not p)

    try:
        await until("everybody hears everybody's tone", lambda: all_hear(people))
    except SystemExit:
        say(tones={names[p]: p.tone for p in people}, heard={names[p]: p.heard for p in people})
        raise
    first, last = people[0], people[-1]
    await until("speakers are shown", lambda: ("speaks", names[last]) in first.events)

    await first.room.local_participant.publish_data("to all", reliable=True)
    await last.room.local_participant.publish_data("to first", reliable=False, destination_identities=[names[first]])
    await until("data", lambda: (names[first], "to all") in last.data and (names[last], "to first") in first.data)
    await first.room.local_participant.set_attributes({"hand": "up"})
    await until("attributes", lambda: ("attributes", names[first]) in last.events)
    first.track.mute()
    await until("mute", lambda: ("muted", names[first]) in last.events and last.heard[names[first]] == 0)
    first.track.unmute()
    await until("unmute", lambda: all_hear(people))

    await last.room.disconnect()
    rest = people[:-1]
    await until("leave", lambda: all(("left", names[last]) in p.events for p in rest))
    await until("the rest hears on", lambda: all_hear(rest))

    # Who comes later is carried by the sections that the leaver left.
    later = Participant(len(people))
    await asyncio.wait_for(later.room.connect(url, tokens[-1]), DEADLINE)
    await asyncio.wait_for(later.play(), DEADLINE)
    names[later] = later.room.local_participant.identity
    rest.append(later)
    await until("a later one is heard in a used section", lambda: all_hear(rest))

    sids = [p.room.local_participant.sid for p in rest]
    for person in rest:
        person.heard.clear()
    say(waiting="cut")
    await until("resume", lambda: all(("reconnected", None) in p.events for p in rest))
    await until("sound after the resume", lambda: all_hear(rest))
    assert sids == [p.room.local_participant.sid for p in rest], "a resume keeps the participant"
    assert not any(e[0] == "disconnected" for p in rest for e in p.events)
    # The server knows the new websocket: signalling works both ways.
    await first.room.local_participant.set_attributes({"hand": "down"})
    await until("attributes after the resume", lambda: later.events.count(("attributes", names[first])) == 1)

    say(waiting="kick")
    await until("kick", lambda: any(e[0] == "disconnected" for e in first.events))
    say(reason=[e[1] for e in first.events if e[0] == "disconnected"][0])
    for person in people + [later]:
        for task in person.tasks:
            task.cancel()
        await person.room.disconnect()


asyncio.run(main(sys.argv[1], sys.argv[2:]))
