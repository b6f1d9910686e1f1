"""LiveKit's own server SDK against our RoomService and webhooks: livekit-api of PyPI, with a participant of livekit's.

Prints the port of its webhook receiver; then reads the server's URL and the file with its API key from standard input.
Prints one JSON line per step; exit code 0 if everything that was expected came.
"""

import asyncio
import os
import sys

from aiohttp import web
from livekit import api, rtc
from livekit.protocol import models as proto
from livekit_steps import say, until


async def refused(code, call):
    try:
        await call
    except api.TwirpError as error:
        assert error.code == code, error
        return
    raise AssertionError(f"expected {code}")


async def main():
    told, receiver = [], []

    async def hook(request):
        body = (await request.read()).decode()
        # Fails for a wrong signature or another body: the server would try again, and the count below be wrong.
        event = receiver[0].receive(body, request.headers["Authorization"])
        told.append((event.event, event.participant.identity, event.track.source, event.room.name))
        return web.Response()

    application = web.Application()
    application.router.add_post("/hook", hook)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    say(port=site._server.sockets[0].getsockname()[1])

    url, keys = sys.stdin.readline().split()
    key, secret = open(keys).read().strip().split(": ")
    receiver.append(api.WebhookReceiver(api.TokenVerifier(key, secret)))

    def token(identity):
        grants = api.VideoGrants(room_join=True, room="den")
        return api.AccessToken(key, secret).with_identity(identity).with_name(identity.title()).with_grants(grants).to_jwt()

    async with api.LiveKitAPI(url, key, secret) as server:
        service = server.room
        room = await service.create_room(api.CreateRoomRequest(name="den"))
        assert room.name == "den"
        await refused("not_found", service.get_participant(api.RoomParticipantIdentity(room="den", identity="ann")))
        ann, ben = rtc.Room(), rtc.Room()
        data, gone, rooms, permissions = [], [], [], []
        ann.on("data_received", lambda packet: data.append((packet.participant, packet.topic, packet.data)))
        ann.on("disconnected", lambda why: gone.append(int(why)))
        ben.on("disconnected", lambda why: gone.append(int(why)))
        ann.on("room_metadata_changed", lambda old, new: rooms.append(new))
        ann.on("track_unpublished", lambda publication, p: permissions.append(p.identity))
        await ann.connect(url, token("ann"))
        await ben.connect(url, token("ben"))
        source = rtc.AudioSource(48000, 1)
        track = rtc.LocalAudioTrack.create_audio_track("mic", source)
        await ben.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))

        listed = await service.list_rooms(api.ListRoomsRequest(names=["den"]))
        assert [(r.name, r.num_participants) for r in listed.rooms] == [("den", 2)]
        people = await service.list_participants(api.ListParticipantsRequest(room="den"))
        assert sorted(p.identity for p in people.participants) == ["ann", "ben"]

        named = await service.update_participant(
            api.UpdateParticipantRequest(room="den", identity="ann", name="Anna", metadata="m", attributes={"desk": "7"})
        )
        assert (named.name, named.metadata, dict(named.attributes)) == ("Anna", "m", {"desk": "7"})
        await until("a new name", lambda: ben.remote_participants["ann"].name == "Anna")
        await service.update_room_metadata(api.UpdateRoomMetadataRequest(room="den", metadata="agenda"))
        await until("room metadata", lambda: rooms == ["agenda"])
        await service.send_data(
            api.SendDataRequest(room="den", data=b"from outside", kind=proto.DataPacket.RELIABLE, topic="t", destination_identities=["ann"])
        )
        await until("data from outside", lambda: data == [(None, "t", b"from outside")])

        await until("the track is there", lambda: len(ann.remote_participants["ben"].track_publications) == 1)
        sid = next(iter(ann.remote_participants["ben"].track_publications))
        await service.update_subscriptions(
            api.UpdateSubscriptionsRequest(room="den", identity="ann", track_sids=[sid], subscribe=False)
        )
        muted = await service.mute_published_track(api.MuteRoomTrackRequest(room="den", identity="ben", track_sid=sid, muted=True))
        assert muted.track.muted
        # Without the permission to publish, what was published is gone; and no more can be.
        quiet = api.UpdateParticipantRequest(
            room="den", identity="ben", permission=api.ParticipantPermission(can_subscribe=True, can_publish=False)
        )
        assert not (await service.update_participant(quiet)).tracks
        await until("publishing is over", lambda: permissions == ["ben"])

        await service.remove_participant(api.RoomParticipantIdentity(room="den", identity="ben"))
        await until("removed", lambda: gone == [4])
        await service.delete_room(api.DeleteRoomRequest(room="den"))
        await until("deleted", lambda: gone == [4, 5])
        await until("webhooks", lambda: told and told[-1][0] == "room_finished")
        await refused("not_found", service.delete_room(api.DeleteRoomRequest(room="den")))
        microphone = proto.TrackSource.MICROPHONE
        expected = {
            ("participant_joined", "ann", 0, "den"),
            ("participant_joined", "ben", 0, "den"),
            ("track_published", "ben", microphone, "den"),
            ("track_unpublished", "ben", microphone, "den"),
            ("participant_left", "ben", 0, "den"),
            ("participant_left", "ann", 0, "den"),
        }
        assert told[0] == ("room_started", "", 0, "den") and set(told[1:-1]) == expected and len(told) == 8, told
    say(done="everything")
    sys.stdout.flush()
    # The SDK aborts now and then while the interpreter winds down.
    os._exit(0)


asyncio.run(main())
