"""The door to systemd: says when the daemon is ready, what it does, and that it is alive.

Source: sd_notify(3), sd_watchdog_enabled(3).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping


class Notifier:
    """Sends words to whoever started the daemon and wants to know; silent when nobody does.

    `interval` is how many seconds may pass between two pings.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read who wants to know.

        Args:
            environment: With `NOTIFY_SOCKET` and `WATCHDOG_USEC`, where systemd set them.
        """
        path = environment.get("NOTIFY_SOCKET", "")
        # A name that begins with @ is in Linux's abstract namespace, written with a zero byte.
        self._address = "\0" + path[1:] if path.startswith("@") else path
        self._watched = _is_watched(environment)
        self.interval = int(environment["WATCHDOG_USEC"]) / 3e6 if self._watched else 3600.0

    def send(self, **words: str) -> None:
        """Send words such as READY=1; an absent listener is nobody's failure."""
        if not self._address:
            return
        message = "\n".join(f"{name}={value.replace(chr(10), ' ')}" for name, value in words.items())
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as line:
                line.sendto(message.encode("utf-8", "replace"), self._address)
        except OSError:
            return

    def ping(self) -> None:
        """Say that all is well, where somebody counts on hearing it."""
        if self._watched:
            self.send(WATCHDOG="1")


def _is_watched(environment: Mapping[str, str]) -> bool:
    meant = environment.get("WATCHDOG_PID", str(os.getpid()))
    return environment.get("WATCHDOG_USEC", "").strip("0").isdigit() and meant == str(os.getpid())
