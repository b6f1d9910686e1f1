// The real `oidc-provider` from npm, with the device authorization grant, on a free port of this machine; and the browser of
// whoever signs in there, by its real pages.
// Usage: node tests/oidc_provider.mjs DIRECTORY SECRET      DIRECTORY has node_modules/oidc-provider.
// Says {"issuer": …} once it serves. Reads commands, one JSON object a line, and answers each with one:
//   {"people": {"LOGIN": {"sub": …, "preferred_username": …, "groups": […]}}}   who they are from now on
//   {"seconds": 2}                                                             how long new codes are good
//   {"at": URL, "code": "ABCD-EFGH", "login": "LOGIN"}                         somebody types the code, logs in and agrees
//   {"at": URL, "code": "ABCD-EFGH", "abort": true}                            … does not want to
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [directory, secret] = process.argv.slice(2);
// What it says of its development settings is no news here, and standard output is for answers.
console.info = console.warn = console.log = () => {};
const module = pathToFileURL(resolve(directory, 'node_modules/oidc-provider/lib/index.js'));
const { default: Provider } = await import(module.href);

let people = {};
let seconds = 600;
const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'conclave',
    client_name: 'Conclave',
    client_secret: secret,
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    response_types: [],
    redirect_uris: [],
  }],
  claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
  features: { deviceFlow: { enabled: true }, devInteractions: { enabled: true } },
  ttl: { DeviceCode: () => seconds },
  findAccount: (_, login) => ({ accountId: login, claims: () => people[login] }),
});
server.on('request', provider.callback());

/** A page and where it is, by GET or with a form; cookies are kept, redirections followed. */
async function page(jar, url, fields) {
  for (let hop = 0; hop < 10; hop += 1) {
    const cookie = Object.entries(jar).map(([name, value]) => `${name}=${value}`).join('; ');
    const body = fields && new URLSearchParams(fields);
    const answer = await fetch(url, { method: body ? 'POST' : 'GET', body, headers: { cookie }, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      if (value) jar[name] = value; else delete jar[name];
    }
    const next = answer.headers.get('location');
    if (!next) return { url, html: await answer.text() };
    url = new URL(next, url).href;
    fields = undefined;
  }
  throw new Error('redirected for ever');
}

/** Fills in the form of a page and sends it. */
async function submit(jar, at, filled) {
  const action = at.html.match(/<form[^>]*action="([^"]*)"/)?.[1];
  if (!action) throw new Error(`no form on ${at.url}: ${at.html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').slice(0, 300)}`);
  const fields = {};
  for (const [input] of at.html.matchAll(/<input[^>]*>/g)) {
    const name = input.match(/name="([^"]*)"/)?.[1];
    if (name) fields[name] = input.match(/value="([^"]*)"/)?.[1] ?? '';
  }
  return page(jar, new URL(action, at.url).href, { ...fields, ...filled });
}

async function browse({ at, code, login, abort }) {
  const jar = {};
  let shown = await submit(jar, await page(jar, at), { user_code: code });
  if (abort) {
    shown = await submit(jar, shown, { abort: 'yes', confirm: '' });
  } else {
    shown = await submit(jar, shown, {});
    shown = await submit(jar, shown, { login, password: 'any' });
    // It asks for consent once.
    if (/name="prompt" value="consent"/.test(shown.html)) shown = await submit(jar, shown, {});
  }
  return shown.html.replace(/<style>.*?<\/style>/gs, ' ').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 300);
}

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ issuer });
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  people = { ...people, ...command.people };
  seconds = command.seconds ?? seconds;
  try {
    say({ page: command.at ? await browse(command) : 'ok' });
  } catch (e) {
    say({ error: `${e}` });
  }
}
process.exit(0);
