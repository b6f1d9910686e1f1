// A stock LiveKit participant in a browser: speaks from its microphone, tells what it sees and hears, and does what it is
// ordered. What it hears is measured from the samples that the browser decoded.

/** Louder than this (root mean square of a tenth of a second, full scale is 1) is sound. */
const LOUD = 0.02;
/** So many tenths of a second without sound are silence. */
const PAUSE = 5;

const room = new LivekitClient.Room({
  // The chirps are compared with what was said, and what cleans and levels voices would spoil them.
  audioCaptureDefaults: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
});
const people = () => [...room.remoteParticipants.values()].map((p) => p.name).sort();
const say = (event, more = {}) => report(event, { people: people(), ...more });

/** Who wants somebody's next samples. */
let takers = [];

/** Decoded sound of somebody, until the track ends: when it begins and stops, and the samples for who wants them. */
async function listen(track, who) {
  document.body.append(track.attach()); // what is not played is not decoded
  const reader = new MediaStreamTrackProcessor({ track: track.mediaStreamTrack }).readable.getReader();
  let energy = 0, samples = 0, quiet = PAUSE;
  for (;;) {
    const { value: data, done } = await reader.read();
    if (done) return;
    const [length, rate] = [data.numberOfFrames, data.sampleRate];
    const sound = new Float32Array(length);
    data.copyTo(sound, { planeIndex: 0, format: 'f32-planar' });
    data.close();
    takers = takers.filter((taker) => taker(who, sound, rate));
    for (const s of sound) energy += s * s;
    samples += length;
    if (samples < rate / 10) continue;
    const loud = Math.sqrt(energy / samples) > LOUD;
    energy = samples = 0;
    if (loud && quiet >= PAUSE) say('hears', { who });
    if (!loud && ++quiet === PAUSE) say('silence', { who });
    if (loud) quiet = 0;
  }
}

/** So many seconds of somebody, as 16-bit samples of one channel. */
const take = (wanted, seconds) =>
  new Promise((done) => {
    const sound = [];
    takers.push((who, more, rate) => {
      if (who !== wanted) return true;
      for (const s of more) sound.push(Math.round(32767 * Math.max(-1, Math.min(1, s))));
      if (sound.length < seconds * rate) return true;
      done({ rate, sound });
      return false;
    });
  });

run(async ({ url, token, relay }) => {
  const { RoomEvent } = LivekitClient;
  room.on(RoomEvent.ParticipantConnected, (p) => say('joined', { who: p.name }));
  room.on(RoomEvent.ParticipantNameChanged, (who) => say('named', { who }));
  room.on(RoomEvent.ParticipantDisconnected, (p) => say('left', { who: p.name }));
  room.on(RoomEvent.TrackMuted, (_, p) => p.isLocal || say('muted', { who: p.name }));
  room.on(RoomEvent.TrackUnmuted, (_, p) => p.isLocal || say('unmuted', { who: p.name }));
  room.on(RoomEvent.SignalReconnecting, () => say('resuming'));
  room.on(RoomEvent.Reconnecting, () => say('restarting'));
  room.on(RoomEvent.Reconnected, () => say('reconnected'));
  room.on(RoomEvent.Disconnected, (reason) => say('disconnected', { reason }));
  room.on(RoomEvent.TrackSubscribed, (track, _, p) => listen(track, p.name).catch(failed));
  room.on(RoomEvent.ChatMessage, ({ message }, p) => p?.isLocal || say('chat', { who: p?.name, text: message }));
  room.registerTextStreamHandler('lk.chat', async (reader, { identity }) => {
    say('chat', { who: room.getParticipantByIdentity(identity)?.name, text: await reader.readAll() });
  });
  await room.connect(url, token, { rtcConfig: relay ? { iceTransportPolicy: 'relay' } : { iceServers: [] } });
  say('connected');
  await room.localParticipant.setMicrophoneEnabled(true);
  say('published');
  for await (const { cmd, text, who, seconds } of orders()) {
    if (cmd === 'say') await room.localParticipant.sendChatMessage(text);
    else if (cmd === 'stream') await room.localParticipant.sendText(text, { topic: 'lk.chat' });
    else if (cmd === 'mute') await room.localParticipant.setMicrophoneEnabled(false);
    else if (cmd === 'unmute') await room.localParticipant.setMicrophoneEnabled(true);
    else if (cmd === 'take') say('taken', await take(who, seconds));
    else if (cmd === 'who') say('who', { sid: room.localParticipant.sid });
    else if (cmd === 'leave') await room.disconnect();
    else throw new Error(`no such order: ${cmd}`);
  }
});
