"""What it costs to ask sources that have nothing new.

    python benchmarks/polling.py [SOURCES] [POLLS] [--reader PYTHON]

A server on loopback answers 304 to SOURCES addresses (200 by default). Printed are the CPU seconds,
children counted, of the daemon's rounds over POLLS polls (2,000) by a clock that is set ahead, its memory
on the way, and of the one-shot command, start-up included. PYTHON is an interpreter that has the package
`reader` (with its `cli` extra, and `sgmllib3k`) installed; its update of the same addresses is measured in
the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from aggregator.cli.watch import read_memory
from aggregator.config import Config, FetchSettings
from aggregator.fetch import Fetcher
from aggregator.networks import parse_network
from aggregator.watch.readers import Readers
from aggregator.watch.service import Doors, Service
from schedules.daemon import Rota
from schedules.sources import Source
from storage.archive import Archive

ROOT = Path(__file__).resolve().parent.parent
READER = """
import sys
from reader import make_reader
reader = make_reader(sys.argv[1])
for url in sys.argv[2:]:
    reader.add_feed(url, exist_ok=True)
reader.update_feeds(workers=8)
"""
DUE = "UPDATE feeds SET update_after = NULL, last_retrieved = '2020-01-01 00:00:00'"
"""What makes reader ask again: it leaves alone what it asked within the hour."""
ROUNDS = 7


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("sources", nargs="?", type=int, default=200)
    options.add_argument("polls", nargs="?", type=int, default=2_000)
    options.add_argument("--reader", metavar="PYTHON", default="")
    chosen = options.parse_args()
    port = start_server()
    urls = [f"http://127.0.0.1:{port}/{number}" for number in range(chosen.sources)]
    with tempfile.TemporaryDirectory() as folder:
        measure_daemon(Path(folder) / "daemon", urls, chosen.polls)
        measure_commands(Path(folder), urls, chosen.reader)


def measure_daemon(folder: Path, urls: list[str], polls: int) -> None:
    ahead = timedelta()

    def clock() -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + ahead

    config = Config(
        fetch=FetchSettings(
            host_delay=timedelta(0), allow_networks=tuple(filter(None, [parse_network("127.0.0.1/32")]))
        ),
        sources=tuple(Source(id=f"s{number}", url=url, parser="feed") for number, url in enumerate(urls)),
    )
    readers = Readers()
    doors = Doors(clock=clock, load=lambda: config, open_fetcher=Fetcher, read=readers.read)
    with Archive.create(folder) as archive:
        service = Service(archive, config, doors)
        rota = Rota(service.jobs(), lambda name, error: print(name, repr(error)))
        rounds, spent, memory = 1 + polls // len(urls), 0.0, []
        for number in range(rounds + 2):
            begun = cpu_seconds()
            for at, job in rota.upcoming(clock()):
                if at <= clock():
                    rota.perform(job, clock())
            # The first rounds fetch everything and warm up.
            spent += cpu_seconds() - begun if number >= 2 else 0.0
            memory.append(read_memory())
            ahead += timedelta(hours=2)
        done = service.tallies.polls["not_modified"] - len(urls)
        service.close()
        readers.close()
    growth = memory[-1] / memory[max(2, len(memory) - 1 - 1000 // len(urls))] - 1
    print(f"daemon: {done} polls, {spent / done * 1000:.2f} ms of CPU a source")
    print(f"daemon: {memory[-1] >> 20} MB at the end, {growth:+.1%} over the last 1,000 polls")


def measure_commands(folder: Path, urls: list[str], python: str) -> None:
    """One-shot commands, turn by turn; the first run of each, which fetches all, does not count."""
    fetch = prepare_fetch(folder / "command", urls)
    update = prepare_update(folder / "reader.db", urls, python) if python else []
    own, other = list[float](), list[float]()
    for _ in range(ROUNDS):
        own.append(cost_of(fetch))
        if update:
            with closing(sqlite3.connect(folder / "reader.db")) as database, database:
                database.execute(DUE)
            other.append(cost_of(update))
    print(f"natowire fetch: {median(own):.3f} s of CPU")
    if update:
        print(
            f"reader update: {median(other):.3f} s of CPU, {median(other) / median(own):.2f} times as much"
        )


def prepare_fetch(folder: Path, urls: list[str]) -> list[str]:
    words = [sys.executable, "-m", "aggregator.cli", "--archive", str(folder), "-q"]
    subprocess.run([*words, "init", "--empty"], cwd=ROOT, check=True, capture_output=True)
    tables = (f'[[source]]\nid = "s{n}"\nurl = "{url}"\nparser = "feed"\n' for n, url in enumerate(urls))
    (folder / "config.toml").write_text("".join(tables), encoding="utf-8")
    fetch = [*words, "fetch", "--host-delay", "0", "--allow-network", "127.0.0.1/32"]
    subprocess.run(fetch, cwd=ROOT, check=True, capture_output=True)
    return fetch


def prepare_update(database: Path, urls: list[str], python: str) -> list[str]:
    subprocess.run([python, "-c", READER, str(database), *urls], check=True)
    return [python, "-m", "reader", "--db", str(database), "update"]


def cost_of(words: list[str]) -> float:
    begun = children_seconds()
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
    return children_seconds() - begun


def cpu_seconds() -> float:
    return time.process_time() + children_seconds()


def children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def start_server() -> int:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    port: int = ours.recv()
    return port


def serve(line: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await read_head(reader):
            path = head.split(b" ", 2)[1].decode()
            if b"if-none-match:" in head.lower():
                writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n')
            else:
                body = feed(path)
                length = f"Content-Length: {len(body)}\r\n\r\n".encode()
                kind = b"Content-Type: application/rss+xml\r\n"
                writer.write(b'HTTP/1.1 200 OK\r\nETag: "one"\r\n' + kind + length + body)
            await writer.drain()
        writer.close()

    async def listen() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        line.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


async def read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def feed(path: str) -> bytes:
    entry = "<item><title>Ship {n} of quay {path}</title><link>http://quay.example{path}/{n}</link>{date}</item>"
    date = "<pubDate>Tue, 08 Nov 2022 10:0{n}:00 GMT</pubDate>"
    entries = "".join(entry.format(n=n, path=path, date=date.format(n=n)) for n in range(10))
    return f"<rss version='2.0'><channel><title>{path}</title>{entries}</channel></rss>".encode()


if __name__ == "__main__":
    main()
