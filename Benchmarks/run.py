#!/usr/bin/env python3
"""Prints how fast and how large a release build is: medians over several runs of one machine.

    make benchmark            # builds what is missing, then measures
    Benchmarks/run.py --runs 20 --infra .build/release/infra --large Benchmarks/.build/release/large
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
parser.add_argument("--large", default="Benchmarks/.build/release/large")
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
            subprocess.run([options.large, "graph", "--format", form], check=True, stdout=subprocess.DEVNULL)
            times.append((time.monotonic() - begin) * 1000)
        row(f"infra graph --format {form}, 1,000 resources", times, "ms")


def rendering():
    medians = {}
    for stage, count in [("thousand", "1,000"), ("tenThousand", "10,000")]:
        for formats in [["bicep"], ["arm"], ["compose"], ["systemd"], ["functions"], ["diagram"], []]:
            times, peaks = [], []
            for _ in range(options.runs):
                begin = time.monotonic()
                process = subprocess.Popen(
                    [options.large, "render", *formats, "--stage", stage, "--stdout"],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
                _, status, usage = os.wait4(process.pid, 0)
                assert status == 0, "the stack does not render"
                times.append((time.monotonic() - begin) * 1000)
                peaks.append(usage.ru_maxrss / 1024)
            name = " ".join(formats) or "(every format at once)"
            medians[stage, name] = statistics.median(times)
            row(f"infra render {name}, {count} resources", times, "ms")
        row(f"infra render: peak memory, {count} resources", peaks, "MB")
    every = "(every format at once)"
    ratio = medians["tenThousand", every] / medians["thousand", every]
    print(f"{'ten times the resources take':<44} {ratio:>9.1f} times as long")


start_and_size()
if os.path.exists(options.large):
    drawing()
    rendering()
