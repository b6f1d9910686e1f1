// How a page and the lab talk. A page's script is run with `run(async (config) => …)`.
'use strict';

/** Tells the lab. One after the other: requests on connections of their own could overtake each other. */
let told = Promise.resolve();
const report = (event, more = {}) => {
  told = told.then(() => fetch('event', { method: 'POST', body: JSON.stringify({ event, ...more }) }));
  return told;
};

/** What the lab orders, one after the other. */
async function* orders() {
  for (;;) yield await (await fetch('order')).json();
}

const failed = (why) => report('failed', { why: String(why?.stack ?? why) });

/** Runs a page's script; what it throws is told. */
function run(main) {
  addEventListener('unhandledrejection', (e) => failed(e.reason));
  addEventListener('load', async () => {
    try {
      await main(await (await fetch('config')).json());
    } catch (why) {
      failed(why);
    }
  });
}
