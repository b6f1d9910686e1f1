"""A stock LiveKit participant: says one WAV file, records what it hears, leaves when both are done.

Usage: LIVEKIT_TOKEN=… python_peer.py ws://HOST:PORT SAY.wav HEARD.wav
"""
import asyncio
import os
import sys
import wave

from livekit import rtc

RATE = 48000
SECONDS = 8


async def main(url, say, heard):
    room = rtc.Room()
    recording = bytearray()
    tasks = []

    async def record(track):
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            recording.extend(bytes(event.frame.data))

    @room.on("track_subscribed")
    def _(track, publication, participant):
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            tasks.append(asyncio.create_task(record(track)))

    await asyncio.wait_for(room.connect(url, os.environ["LIVEKIT_TOKEN"]), 20)
    source = rtc.AudioSource(RATE, 1)
    track = rtc.LocalAudioTrack.create_audio_track("mic", source)
    await asyncio.wait_for(
        room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)), 20
    )
    with wave.open(say) as w:
        assert (w.getframerate(), w.getnchannels(), w.getsampwidth()) == (RATE, 1, 2)
        samples = w.readframes(w.getnframes())
    step = RATE // 100 * 2
    # A second of silence first: the terminal needs a moment to subscribe.
    samples = bytes(RATE * 2) + samples
    samples += bytes(max(0, SECONDS * RATE * 2 - len(samples)))
    for i in range(0, len(samples) - step + 1, step):
        await source.capture_frame(rtc.AudioFrame(samples[i : i + step], RATE, 1, RATE // 100))
    await source.wait_for_playout()
    await room.disconnect()
    for t in tasks:
        t.cancel()
    with wave.open(heard, "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(RATE)
        w.writeframes(bytes(recording))


asyncio.run(main(*sys.argv[1:4]))
# The SDK's own threads sometimes abort the process while the interpreter winds down; what is tested is over by then.
sys.stdout.flush()
os._exit(0)
