// One participant: joins a room with the stock livekit-client, speaks from one device and plays to another, and tells the lab
// what happens. `config` names the room, the token, the devices by their labels, and what of livekit-client's defaults is
// changed.
'use strict';

/** A device by its label. Labels are hidden until a microphone was allowed once. */
async function device(kind, label) {
  const all = await navigator.mediaDevices.enumerateDevices();
  const found = all.find((d) => d.kind === kind && d.label === label);
  if (!found) throw new Error(`no ${kind} "${label}" among ${all.map((d) => `${d.kind} "${d.label}"`).join(', ')}`);
  return found.deviceId;
}

/** Figures of one direction, from what the browser itself counts. */
async function figures(room) {
  const of = async (track, wanted) => {
    const stats = track && (await track.getRTCStatsReport());
    return stats && [...stats.values()].find((s) => s.type === wanted && s.kind === 'audio');
  };
  const sent = await of([...room.localParticipant.audioTrackPublications.values()][0]?.track, 'outbound-rtp');
  const remote = [...room.remoteParticipants.values()].flatMap((p) => [...p.audioTrackPublications.values()]);
  const heard = await of(remote.find((p) => p.track)?.track, 'inbound-rtp');
  return { sent, heard };
}

run(async (config) => {
  const { Room, RoomEvent, Track } = LivekitClient;
  const allowed = await navigator.mediaDevices.getUserMedia({ audio: true });
  allowed.getTracks().forEach((t) => t.stop());
  const room = new Room({
    audioCaptureDefaults: config.microphone && { deviceId: await device('audioinput', config.microphone), ...config.capture },
    audioOutput: { deviceId: await device('audiooutput', config.loudspeaker) },
    publishDefaults: config.publish,
  });
  room.on(RoomEvent.Disconnected, (reason) => report('disconnected', { reason }));
  room.on(RoomEvent.Reconnecting, () => report('reconnecting'));
  room.on(RoomEvent.Reconnected, () => report('reconnected'));
  room.on(RoomEvent.TrackSubscribed, (track, _, participant) => {
    if (track.kind !== Track.Kind.Audio) return;
    const element = track.attach();
    document.body.append(element);
    element.addEventListener('playing', () => report('playing', { of: participant.identity }));
  });
  await room.connect(config.url, config.token, { rtcConfig: { iceServers: [] } });
  await report('connected');
  if (config.microphone) {
    await room.localParticipant.setMicrophoneEnabled(true);
    await report('published');
  }
  for (;;) {
    await new Promise((done) => setTimeout(done, config.statsMs));
    await report('stats', await figures(room));
  }
});
