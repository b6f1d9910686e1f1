"""What scripts with LiveKit's SDKs share: one JSON line per step, and waiting for what must come."""

import asyncio
import json
import sys
import time

DEADLINE = 20.0


def say(**fact):
    print(json.dumps(fact), flush=True)


async def until(what, condition):
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > DEADLINE:
            say(failed=what)
            sys.exit(1)
        await asyncio.sleep(0.02)
    say(done=what, after_ms=int(1000 * (time.monotonic() - start)))
