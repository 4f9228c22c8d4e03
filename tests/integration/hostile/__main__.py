"""Serve the behaviours until Ctrl-C: `python -m tests.integration.hostile` prints an address for each."""

import threading

from tests.integration.hostile.behaviours import ALL
from tests.integration.hostile.server import Server

if __name__ == "__main__":
    with Server(ALL) as server:
        for name, behaviour in ALL.items():
            print(server.url(name), "/".join(behaviour.outcomes), flush=True)
        threading.Event().wait()
