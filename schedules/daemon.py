"""Work that comes up again and again, done on time: the daemon's clockwork. It knows nothing of news.

When a job is due, the job itself says, each time anew, from what its owner remembers on disk. So nothing
is pickled and nothing drifts: after a kill, a week asleep or a jump of the clock a job is due once, however
often it would have been. `Rota` decides, by whatever clock it is given; `Daemon` lets APScheduler do it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

FIRST_HOLD, LONGEST_HOLD = timedelta(minutes=1), timedelta(hours=1)
"""How long a job that failed of its own fault is held back, at first and at most."""
_MOST_AT_ONCE = 64
_SAME, _LOST = timedelta(seconds=0.5), timedelta(minutes=1)
_PASS, _MOST_LOST = 0.02, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Work that comes up again.

    `due_at` is asked with the present moment when the job is next due; None is not at all, a moment past is
    now. `run` does it. Both may be called from any thread. `at_once` is how often it may be under way.
    """

    name: str
    due_at: Callable[[datetime], datetime | None]
    run: Callable[[datetime], None]
    at_once: int = 1


class Pace:
    """When a job that sets its own pace is next due; a clock that was set back makes it due at once."""

    def __init__(self) -> None:
        """Be due at once."""
        self._asked_at: datetime | None = None
        self._next_at: datetime | None = None

    def due_at(self, now: datetime) -> datetime | None:
        """The moment that was set; `now` before any was."""
        return now if self._asked_at is None or now < self._asked_at else self._next_at

    def rest(self, now: datetime, until: datetime | None) -> None:
        """Be due next at a moment; None is not before `hurry`."""
        self._asked_at, self._next_at = now, until

    def hurry(self) -> None:
        """Be due at once."""
        self._asked_at = None


class Rota:
    """Which jobs are due, what is under way, and what is held back because it failed of its own fault."""

    def __init__(self, jobs: Sequence[Job], report: Callable[[str, Exception], None]) -> None:
        """Take the jobs.

        Args:
            jobs: With names of their own.
            report: Is told of a job that raised, by name.
        """
        self._jobs, self._report = tuple(jobs), report
        self._held: dict[str, tuple[datetime, int]] = {}
        self._begun: dict[int, tuple[str, float]] = {}
        self._count = 0
        self._lock = threading.Lock()

    def upcoming(self, now: datetime) -> list[tuple[datetime, Job]]:
        """Every job that may be begun, with the moment for it, past or to come; the soonest first."""
        moments = ((self._moment(job, now), job) for job in self._jobs if self.has_room(job))
        return sorted(((at, job) for at, job in moments if at is not None), key=lambda pair: pair[0])

    def perform(self, job: Job, now: datetime) -> None:
        """Do a job now, in this thread. An error is reported, and holds the job back for a while."""
        number = self._begin(job)
        try:
            job.run(now)
        except Exception as error:  # noqa: BLE001 (one job's fault must not stop the others)
            self._hold(job, now, error)
        else:
            self._held.pop(job.name, None)
        finally:
            with self._lock:
                del self._begun[number]

    def longest(self) -> float:
        """For how many seconds the job that was begun first has been under way; negative while none is."""
        with self._lock:
            begun = [since for _, since in self._begun.values()]
        return time.monotonic() - min(begun) if begun else -1.0

    def _begin(self, job: Job) -> int:
        with self._lock:
            self._count += 1
            self._begun[self._count] = (job.name, time.monotonic())
            return self._count

    def has_room(self, job: Job) -> bool:
        """Whether a job may be begun once more."""
        with self._lock:
            return sum(name == job.name for name, _ in self._begun.values()) < job.at_once

    def _moment(self, job: Job, now: datetime) -> datetime | None:
        until, _ = self._held.get(job.name, (datetime.min.replace(tzinfo=UTC), 0))
        # A clock set back must not turn a hold of a minute into one of a year.
        until = min(until, now + LONGEST_HOLD)
        if until > now:
            return until
        try:
            at = job.due_at(now)
        except Exception as error:  # noqa: BLE001 (the same)
            return self._hold(job, now, error)
        return None if at is None else max(at, until)

    def _hold(self, job: Job, now: datetime, error: Exception) -> datetime:
        times = self._held.get(job.name, (now, 0))[1] + 1
        wait = min(LONGEST_HOLD, FIRST_HOLD * (1 << min(times - 1, 10)))
        self._held[job.name] = (now + wait, times)
        self._report(job.name, error)
        return now + wait


class Daemon:
    """Jobs done in threads as they come due, until it is stopped.

    `beat` has to be called every few seconds by the thread that owns it: the scheduler's own wait does not
    notice that the clock was set or that the machine slept.
    """

    def __init__(self, rota: Rota, clock: Callable[[], datetime], *, threads: int = 12) -> None:
        """Get ready; nothing runs yet.

        Args:
            rota: The jobs.
            clock: The present moment, aware.
            threads: How many jobs can be under way at once.
        """
        self._rota, self._clock = rota, clock
        self._armed: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._stopped, self._lost = False, 0
        # Its lines about each run are ours to write, in our own words.
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(threads)},
            # Late is never too late, and many times missed is once: the job knows what there is to do.
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": _MOST_AT_ONCE},
            timezone=UTC,
            daemon=True,
        )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()
        self.beat()

    def beat(self) -> None:
        """Look at the clock and ask every job anew when it is due."""
        now = self._clock()
        upcoming = self._rota.upcoming(now)
        with self._lock:
            if self._stopped:
                return
            for at, job in upcoming:
                self._arm(job, at, now)
            for name in self._armed.keys() - {job.name for _, job in upcoming}:
                self._disarm(name)
        if any(at <= now for at, _ in upcoming):
            self._scheduler.wakeup()

    def stop(self) -> None:
        """Begin nothing more."""
        with self._lock:
            self._stopped = True
        # Shut down in the middle of a pass the scheduler trips over itself: let it come to the end of that.
        self._scheduler.pause()
        time.sleep(_PASS)
        self._scheduler.get_jobs()
        self._scheduler.shutdown(wait=False)

    def is_alive(self) -> bool:
        """Whether the scheduler still begins what it is given."""
        return self._lost < _MOST_LOST

    def wait(self, seconds: float) -> bool:
        """Wait for what is under way.

        Args:
            seconds: How long at most.

        Returns:
            Whether everything has ended.
        """
        end = time.monotonic() + seconds
        while (busy := self._rota.longest() >= 0) and time.monotonic() < end:
            time.sleep(0.02)
        return not busy

    def _arm(self, job: Job, at: datetime, now: datetime) -> None:
        # The scheduler has a clock of its own; how long it still is, is the same by both.
        real = datetime.now(UTC)
        run_date = real + max(at - now, timedelta())
        armed = self._armed.get(job.name)
        fired = armed is not None and real - _LOST < armed <= real
        if armed is not None and (fired or abs(armed - run_date) < _SAME):
            return
        self._lost += armed is not None and armed <= real
        self._armed[job.name] = run_date
        self._scheduler.add_job(
            self._fire, "date", run_date=run_date, args=(job,), id=job.name, replace_existing=True
        )

    def _disarm(self, name: str) -> None:
        del self._armed[name]
        with suppress(JobLookupError):
            self._scheduler.remove_job(name)

    def _fire(self, job: Job) -> None:
        with self._lock:
            self._lost = 0
            self._armed.pop(job.name, None)
            if self._stopped or not self._rota.has_room(job):
                return
        self._rota.perform(job, self._clock())
        self.beat()
