#!/usr/bin/env python3
"""Prints how fast and how large a release build is: medians over several runs of one machine.

    make benchmark            # builds what is missing, then measures
    Benchmarks/run.py --runs 20 --infra .build/release/infra --thousand Benchmarks/.build/release/thousand
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=10)
parser.add_argument("--infra", default=".build/release/infra")
parser.add_argument("--thousand", default="Benchmarks/.build/release/thousand")
options = parser.parse_args()


def row(name, values, unit):
    print(f"{name:<44} {statistics.median(values):>9.1f} {unit:<4} (min {min(values):.1f}, max {max(values):.1f})")


def kilobytes(process, field):
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":"))


def start_and_size():
    infra = os.path.abspath(options.infra)
    whole, starts, anonymous, resident = [], {}, {}, {}
    with tempfile.TemporaryDirectory() as folder:
        def run(*words):
            return subprocess.run([infra, *words], cwd=folder, check=True, capture_output=True, text=True).stdout

        for _ in range(options.runs):
            begin = time.monotonic()
            run("up", "--detach")
            whole.append((time.monotonic() - begin) * 1000)
            time.sleep(1)  # Idle means after the start has settled.
            for service in json.loads(run("status", "--json"))["services"]:
                name, process = service["name"], service["processID"]
                starts.setdefault(name, []).append(service["startMilliseconds"])
                anonymous.setdefault(name, []).append(kilobytes(process, "RssAnon") / 1024)
                resident.setdefault(name, []).append(kilobytes(process, "VmRSS") / 1024)
            run("down")
    row("infra up --detach, to all healthy", whole, "ms")
    for name in starts:
        row(f"{name}: start to first 200 on /health", starts[name], "ms")
        row(f"{name}: idle, anonymous memory", anonymous[name], "MB")
        row(f"{name}: idle, resident memory", resident[name], "MB")


def drawing():
    for form in ["mermaid", "dot", "svg"]:
        times = []
        for _ in range(options.runs):
            begin = time.monotonic()
            subprocess.run([options.thousand, "graph", "--format", form], check=True, stdout=subprocess.DEVNULL)
            times.append((time.monotonic() - begin) * 1000)
        row(f"infra graph --format {form}, 1,000 resources", times, "ms")


start_and_size()
if os.path.exists(options.thousand):
    drawing()
