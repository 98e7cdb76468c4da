"""A phone process that may be killed anywhere: `python -m tests.phone.mortal` works once for each line of JSON it reads.

It answers how the working process ended. With `die_at` that kills itself just before its file or network operation of that number,
so that every gap between two of them is reached; with `life_s` it is killed after so many seconds, wherever it is.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from app import clock
from app.phone import actions, delivery
from app.phone.folder import Folder
from app.phone.wire import Server
from tests.phone.serving import fix

# Opening (also of what is about to be written, locked or synced), renaming, removing, and each piece sent to the server.
OPERATIONS = {"open", "os.rename", "os.remove", "http.client.connect", "http.client.send"}


def work(order: dict) -> None:
    """Check in some times, each safe on disk before it is journaled, and send what waits after every few."""
    folder, server = Folder(Path(order["folder"])), Server(order["address"], "en")
    journal = os.open(order["journal"], os.O_WRONLY | os.O_APPEND)
    for number in range(order["check_ins"]):
        id = actions.check_in(folder, "out" if number % 2 else "in", [fix()], clock.now())
        os.write(journal, f"{id}\n".encode())
        if number % order["a_delivery"] == order["a_delivery"] - 1:
            list(delivery.sync(folder, server, attempts=3, chance=random.Random(number), wait=lambda seconds: None))


def die_at(operation: int) -> None:
    """Let this process be killed just before that operation from now on."""
    left = operation

    def count(event: str, _: tuple) -> None:
        nonlocal left
        if event in OPERATIONS:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def main() -> None:
    """Work for each order in a process of its own."""
    for line in sys.stdin:
        order = json.loads(line)
        worker = os.fork()
        if worker == 0:
            if order["die_at"] is not None:
                die_at(order["die_at"])
            work(order)
            os._exit(0)
        if order["life_s"] is not None:
            time.sleep(order["life_s"])
            os.kill(worker, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
