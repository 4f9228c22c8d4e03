"""The daemon's composition root: opens the doors, listens to signals, and keeps the clockwork going."""

from __future__ import annotations

import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from aggregator import __version__
from aggregator.cli.session import Session
from aggregator.config import Config
from aggregator.fetch import Fetcher
from aggregator.watch.alarms import count_troubles
from aggregator.watch.logs import set_up_logs
from aggregator.watch.metrics import Figures, write_metrics
from aggregator.watch.monitor import Views, Window
from aggregator.watch.notify import Notifier
from aggregator.watch.readers import Readers
from aggregator.watch.service import Doors, Service
from parsers.errors import StorageError
from schedules.daemon import Daemon, Rota
from storage.archive import Archive

BEAT = 5.0
"""Seconds between two looks at the clock and at the configuration's words."""
GRACE = 8.0
"""Seconds that work under way has to end after the order to stop."""
STUCK = 4 * 3600.0
"""A job that takes so many seconds is taken for dead."""
LOCK_SECONDS = 5.0
JUMP = 5.0

log = logging.getLogger("natowire")


class Watch:
    """One run of the daemon, from its start to its end."""

    def __init__(self, session: Session, service: Service, archive: Archive, notifier: Notifier) -> None:
        self._session, self._service, self._archive = session, service, archive
        self._notifier = notifier
        self._rota = Rota(service.jobs(), _report)
        self._daemon = Daemon(self._rota, session.now)
        self._started_at = session.now()
        self._beat_at = time.monotonic()
        self._drift = time.time() - time.monotonic()
        self._words = ""

    def views(self) -> Views:
        """What the window on loopback shows."""
        return Views(alive=self._alive, ready=self._ready, figures=self._figures)

    def stand(self, orders: SimpleQueue[str], readers: Readers, window: Window) -> bool:
        """Work until the order to stop.

        Returns:
            Whether everything under way came to its end.
        """
        window.follow(self._service.config.daemon.port)
        self._daemon.start()
        self._notifier.send(READY="1", STATUS="started")
        log.info("running", extra={"fields": {"archive": str(self._archive.folder), "pid": os.getpid()}})
        while (order := _next(orders, min(BEAT, self._notifier.interval))) != "stop":
            if order == "reload":
                self._notifier.send(RELOADING="1", MONOTONIC_USEC=str(time.monotonic_ns() // 1000))
                self._service.reload()
                self._notifier.send(READY="1")
            self._beat()
            window.follow(self._service.config.daemon.port)
            readers.rest()
        log.info("stopping")
        self._notifier.send(STOPPING="1", STATUS="stopping")
        self._daemon.stop()
        self._service.close()
        readers.close()
        return self._daemon.wait(GRACE)

    def _beat(self) -> None:
        self._beat_at = time.monotonic()
        drift = time.time() - self._beat_at
        if abs(drift - self._drift) > JUMP:
            log.warning("the clock moved by %+.0f s while nobody looked", drift - self._drift)
        self._drift = drift
        self._daemon.beat()
        if self._alive()[0]:
            self._notifier.ping()
        if (words := self._service.describe(self._session.now())) != self._words:
            self._words = words
            self._notifier.send(STATUS=words)

    def _alive(self) -> tuple[bool, str]:
        late = time.monotonic() - self._beat_at
        if late > BEAT * 6:
            return False, f"The clockwork has stood still for {late:.0f} s."
        if self._rota.longest() > STUCK:
            return False, "A job does not end."
        if not self._daemon.is_alive():
            return False, "The scheduler begins nothing any more."
        return True, "alive"

    def _ready(self) -> tuple[bool, str]:
        trouble = self._service.trouble
        return (False, trouble) if trouble else (True, self._words or "ready")

    def _figures(self) -> str:
        service, tallies = self._service, self._service.tallies
        enabled = {source.id for source in service.config.sources if source.enabled}
        states = []
        with suppress(StorageError):
            states = [state for state in self._archive.states().values() if state.source_id in enabled]
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return write_metrics(
            Figures(
                version=__version__,
                started_at=self._started_at,
                config_ok=not service.config_problem,
                archive_ok=not service.trouble,
                alerts=count_troubles(service.alerts),
                undelivered=service.undelivered,
                cycles=tallies.cycles,
                cycle_seconds=tallies.cycle_seconds,
                polls=dict(tallies.polls),
                new=tallies.new,
                changed=tallies.changed,
                cpu_seconds=sum(one.ru_utime + one.ru_stime for one in used),
                memory_bytes=read_memory(),
                states=states,
            )
        )


def stand_watch(session: Session, read_config: Callable[[], Config]) -> None:
    """Run the daemon; the instance lock is the caller's.

    Raises:
        ConfigError: The configuration cannot be used.
        StorageError: The archive cannot be opened.
    """
    config = read_config()
    set_up_logs(_level(session), as_json=session.json or not sys.stderr.isatty())
    readers, orders = Readers(), SimpleQueue[str]()
    doors = Doors(clock=session.now, load=read_config, open_fetcher=Fetcher, read=readers.read)
    with Archive.open(session.archive_folder, zone=config.zone, lock_timeout=LOCK_SECONDS) as archive:
        service = Service(archive, config, doors)
        watch = Watch(session, service, archive, Notifier(os.environ))
        with _listening(orders), Window(watch.views()) as window:
            ended = watch.stand(orders, readers, window)
    tallies = service.tallies
    if session.json:
        session.emit({"cycles": tallies.cycles, "polls": tallies.polls, "new": tallies.new})
    log.info("stopped" if ended else "stopped; work under way was left, what was stored is kept")
    if not ended:
        # A thread that waits for someone else would keep the process: nothing half-done outlives it.
        sys.stdout.flush()
        os._exit(0)


@contextmanager
def _listening(orders: SimpleQueue[str]) -> Iterator[None]:
    """Turn signals into orders while the block lasts."""
    meanings = {signal.SIGTERM: "stop", signal.SIGINT: "stop", signal.SIGHUP: "reload"}

    def take(number: int, _frame: object) -> None:
        orders.put(meanings[signal.Signals(number)])

    before = {number: signal.signal(number, take) for number in meanings}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _next(orders: SimpleQueue[str], seconds: float) -> str:
    try:
        return orders.get(timeout=seconds)
    except Empty:
        return ""


def _level(session: Session) -> int:
    if session.quiet:
        return logging.WARNING
    return logging.DEBUG if session.verbose else logging.INFO


def _report(name: str, error: Exception) -> None:
    log.error("%s failed; it is tried again: %r", name, error, exc_info=error)


def read_memory() -> int:
    """Bytes of memory this process has in hand; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()
