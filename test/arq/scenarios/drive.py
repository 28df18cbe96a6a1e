"""
Lets every scene happen on one Redis with real ARQ workers, all at once, and says at each moment worth a look what is true
then.

    ARQ_SCENES=<empty folder> ARQ_SCENES_PORT=<port> python drive.py

talks on stdin and stdout, one JSON object a line: `{"version", "python", "scenes", "impossible"}` first; then for each
look `{"look", "scene", "expect"}`, which waits for `{"look", "error"}` (null, or what was seen instead) before the scene
goes on; and `{"scene", "error"}` when a scene has ended. Times are `[from, to]`, unix ms: what is shown must lie between.
"""

import asyncio
import json
import os
import sys

from scenes import scenes
from stage import Drive


def say(message):
    print(json.dumps(message), flush=True)


async def main():
    loop = asyncio.get_event_loop()
    waiting = {}

    def read_answers():
        for line in sys.stdin:
            answer = json.loads(line)
            loop.call_soon_threadsafe(waiting[answer["look"]].set_result, answer["error"])
        # Nobody listens any more.
        loop.call_soon_threadsafe(drive.close)

    loop.run_in_executor(None, read_answers)

    async def judge(scene, expect):
        number = len(waiting) + 1
        waiting[number] = loop.create_future()
        say({"look": number, "scene": scene, "expect": expect})
        error = await waiting[number]
        if error is not None:
            raise AssertionError(error)

    drive = Drive(int(os.environ["ARQ_SCENES_PORT"]), judge, say)
    await drive.run(scenes)
    # The thread that reads stdin would keep the process.
    os._exit(0)


asyncio.new_event_loop().run_until_complete(main())
