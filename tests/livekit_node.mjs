// A stock LiveKit participant of Node: plays a tone, says what it sees and hears (one JSON line each), and does what it is
// told (one JSON line each on standard input).
//
// usage: LIVEKIT_TOKEN=… node livekit_node.mjs MODULES ws://HOST:PORT
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const [modules, url] = process.argv.slice(2);
const lk = createRequire(`${modules}/`)('@livekit/rtc-node');

const RATE = 48_000;
const STEP = RATE / 50;
/** Louder than this (of 32 767) is sound. */
const LOUD = 300;

const say = (event, more = {}) => console.log(JSON.stringify({ event, ...more }));
const failed = (why) => {
  say('failed', { why: String(why?.stack ?? why) });
  process.exit(1);
};
process.on('unhandledRejection', failed);

const room = new lk.Room();
room.on(lk.RoomEvent.ParticipantConnected, (p) => say('joined', { who: p.name }));
room.on(lk.RoomEvent.ParticipantDisconnected, (p) => say('left', { who: p.name }));
/** Who is heard now. */
const heard = new Set();
room.on(lk.RoomEvent.TrackMuted, (_, p) => say('muted', { who: p.name }));
room.on(lk.RoomEvent.TrackUnmuted, (_, p) => {
  // Not at the mute: what is on its way then is heard after it.
  heard.delete(p.identity);
  say('unmuted', { who: p.name });
});
room.on(lk.RoomEvent.Reconnected, () => say('reconnected'));
room.on(lk.RoomEvent.Disconnected, (reason) => say('disconnected', { reason }));
room.on(lk.RoomEvent.ChatMessage, (message, p) => say('chat', { who: p?.name, text: message.message }));
room.registerTextStreamHandler('lk.chat', async (reader) => say('chat', { text: await reader.readAll() }));
room.on(lk.RoomEvent.TrackSubscribed, async (track, _, p) => {
  for await (const frame of new lk.AudioStream(track, RATE, 1)) {
    const loud = frame.data.some((s) => Math.abs(s) > LOUD);
    if (loud && !heard.has(p.identity)) say('hears', { who: p.name });
    if (loud) heard.add(p.identity);
  }
});

await room.connect(url, process.env.LIVEKIT_TOKEN, { autoSubscribe: true, dynacast: false });
say('connected', { people: [...room.remoteParticipants.values()].map((p) => p.name) });

/** The track that is published, if one is: this SDK cannot mute, so who wants to be silent takes the track back. */
let published;
const publish = async () => {
  const source = new lk.AudioSource(RATE, 1);
  const track = lk.LocalAudioTrack.createAudioTrack('mic', source);
  const options = new lk.TrackPublishOptions({ source: lk.TrackSource.SOURCE_MICROPHONE });
  const mine = (published = await room.localParticipant.publishTrack(track, options));
  const tone = async () => {
    for (let n = 0; published === mine; n += STEP) {
      const samples = Int16Array.from({ length: STEP }, (_, i) => 8000 * Math.sin((2 * Math.PI * 600 * (n + i)) / RATE));
      await source.captureFrame(new lk.AudioFrame(samples, RATE, 1, STEP));
    }
  };
  tone().catch((why) => published === mine && failed(why));
};
await publish();
say('published');

for await (const line of createInterface({ input: process.stdin })) {
  const { cmd, text } = JSON.parse(line);
  if (cmd === 'say') await room.localParticipant.sendChatMessage(text);
  else if (cmd === 'stream') await room.localParticipant.sendText(text, { topic: 'lk.chat' });
  else if (cmd === 'silence') {
    const sid = published.sid;
    published = undefined;
    await room.localParticipant.unpublishTrack(sid);
  } else if (cmd === 'sound') await publish();
  else if (cmd === 'resume') await room.simulateScenario(lk.SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
  else if (cmd === 'leave') break;
  else failed(`no such command: ${line}`);
}
published = undefined;
await room.disconnect();
say('over');
process.exit(0);
