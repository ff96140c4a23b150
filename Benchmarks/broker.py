#!/usr/bin/env python3
"""Prints how fast the broker is, and what a million messages on disk cost it.

    swift build -c release --static-swift-stdlib --product infra
    Benchmarks/broker.py --runs 5 --million

The load comes from Benchmarks/Broker/load.c, which takes little of the machine. Every message is on disk before its
sender is answered, so the floor is what SQLite does alone on the same disk: a commit of 100 messages with
synchronous=FULL, and one of 64, as many as there are connections. Runs of the broker and of the floor alternate.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5, help="0 for the million alone")
parser.add_argument("--infra", default=".build/release/infra")
parser.add_argument("--connections", type=int, default=64)
parser.add_argument("--operations", type=int, default=40_000)
parser.add_argument("--body", type=int, default=512, help="bytes of a message's body")
parser.add_argument("--million", action="store_true", help="also send, keep and take a million messages")
parser.add_argument("--count", type=int, default=1_000_000, help="how many messages a million is")
parser.add_argument("--folder", default=None, help="where the data is kept; the disk that is measured")
options = parser.parse_args()
infra, key = os.path.abspath(options.infra), "the key of a benchmark"
source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Broker", "load.c")


def row(name, values, unit):
    print(f"{name:<52} {statistics.median(values):>10.1f} {unit:<5} (min {min(values):.1f}, max {max(values):.1f})",
          flush=True)


class Broker:
    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        words = [infra, "emulator", "--port", str(self.port), "--data", folder, "--key-name", "benchmark"]
        self.process = subprocess.Popen(
            words + ["--queue", "jobs", "--queue", "many"],
            env={**os.environ, "SERVICEBUS_EMULATOR_KEY": key},
            stdout=subprocess.DEVNULL,
        )
        resource = urllib.parse.quote(f"http://127.0.0.1:{self.port}", safe="")
        expiry = int(time.time()) + 36_000
        signed = hmac.new(key.encode(), f"{resource}\n{expiry}".encode(), hashlib.sha256).digest()
        signature = urllib.parse.quote(base64.b64encode(signed), safe="")
        self.token = f"SharedAccessSignature sr={resource}&sig={signature}&se={expiry}&skn=benchmark"
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health").read()
                return
            except OSError:
                assert self.process.poll() is None, "the broker has ended"
                time.sleep(0.02)

    def load(self, queue, mode, operations, connections=options.connections):
        words = [load, str(self.port), self.token, queue, mode, str(connections), str(operations), str(options.body)]
        return json.loads(subprocess.check_output(words))

    def megabytes(self, field="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field + ":")) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def floor(folder, group, seconds=1.0):
    """How many messages a second SQLite alone puts on this disk, a group for each commit."""
    path = os.path.join(folder, "floor.sqlite")
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE message (sequence INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL)")
    body, count, begin = b"x" * options.body, 0, time.monotonic()
    while time.monotonic() - begin < seconds:
        database.execute("BEGIN IMMEDIATE")
        database.executemany("INSERT INTO message (body) VALUES (?)", [(body,)] * group)
        database.execute("COMMIT")
        count += group
    took = time.monotonic() - begin
    database.close()
    for ending in ["", "-wal", "-shm"]:
        if os.path.exists(path + ending):
            os.remove(path + ending)
    return count / took


def speed(folder):
    results, floors = {}, {64: [], 100: []}
    modes = [("send", options.operations), ("pairs", options.operations // 2), ("mixed", options.operations)]
    for number in range(options.runs):
        with Broker(os.path.join(folder, f"run-{number}")) as broker:
            for mode, operations in modes:
                # What is taken must be there; so pairs come after sends, and take half of them.
                results.setdefault(mode, []).append(broker.load("jobs", mode, operations))
            results.setdefault("memory", []).append(broker.megabytes("VmHWM"))
        for group, values in floors.items():
            values.append(floor(folder, group))
    for group, values in floors.items():
        row(f"SQLite alone, commits of {group}", values, "/s")
    names = {"send": "sends", "pairs": "pairs of peek-lock and complete", "mixed": "half sends, half pairs"}
    for mode, name in names.items():
        row(f"{name}, {options.connections} connections", [run["perSecond"] for run in results[mode]], "/s")
        for kind in ["send", "take", "complete"]:
            if kind in results[mode][0]:
                parts = [f"{part} {statistics.median(run[kind][part] for run in results[mode]):.1f}"
                         for part in ["p50", "p90", "p99", "max"]]
                print(f"    {kind:<10} ms: " + ", ".join(parts))
    ratios = [run["perSecond"] / alone for run, alone in zip(results["send"], floors[100])]
    row("sends, as a part of SQLite alone with commits of 100", [100 * ratio for ratio in ratios], "%")
    row("peak memory of the broker", results["memory"], "MB")


def million(folder):
    step = options.count // 10
    with Broker(os.path.join(folder, "million")) as broker:
        for name, mode in [("sent", "send"), ("taken and completed", "pairs")]:
            for number in range(1, 11):
                result = broker.load("many", mode, step)
                count = broker.load("many", "counts", 100, connections=1)["count"]["p50"]
                print(f"{number * step:>9} {name:<20} {result['perSecond']:>9.0f}/s   {broker.megabytes():>6.1f} MB"
                      f"   to count them: {count:.2f} ms", flush=True)
        files = sum(entry.stat().st_size for entry in os.scandir(os.path.join(folder, "million")))
        print(f"files, afterwards {files / 1e6:.0f} MB; peak memory {broker.megabytes('VmHWM'):.1f} MB")


with tempfile.TemporaryDirectory(dir=options.folder) as folder:
    load = os.path.join(folder, "load")
    subprocess.check_call(["cc", "-O2", "-o", load, source])
    if options.runs > 0:
        speed(folder)
    if options.million:
        million(folder)
