#!/usr/bin/env python3
"""Prints how fast a stack of some sixty resources is deployed to a simulated Azure, and how fast plans are made.

    swift build -c release --product DeploymentBenchmark
    swift build --package-path Benchmarks -c release --product large
    Benchmarks/deployment.py --runs 10
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--large", default="Benchmarks/.build/release/large")
parser.add_argument("--tool", default=".build/release/DeploymentBenchmark")
parser.add_argument("--speed", type=float, default=30, help="how many simulated seconds pass in one")
options = parser.parse_args()
large, tool = os.path.abspath(options.large), os.path.abspath(options.tool)
secrets = {"KEY": "a value"}


def row(name, values, unit):
    print(f"{name:<52} {statistics.median(values):>9.2f} {unit:<4} (min {min(values):.2f}, max {max(values):.2f})")


def run(*words, environment=None):
    """Runs the program: how many milliseconds it takes, and how many megabytes at its peak."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [large, *words], env={**os.environ, **secrets, **(environment or {})}, stdout=output, stderr=output
        )
        _, status, usage = os.wait4(process.pid, 0)
        took = (time.monotonic() - begin) * 1000
        output.seek(0)
        assert status == 0, output.read().decode()[-2000:]
    return took, usage.ru_maxrss / 1024


def deployment():
    facts = json.loads(subprocess.check_output([tool, "chain"]))
    count, chain = facts["resources"], facts["seconds"]
    wholes, peaks = [], []
    for _ in range(max(1, options.runs // 3)):
        took, peak = run("rehearse", "--stage", "sixty", "--speed", str(options.speed), "--output", "plain")
        wholes.append(took / 1000 * options.speed)
        peaks.append(peak)
    row(f"longest chain of needs, {count} resources", [chain], "s")
    row("infra rehearse, from its start to its end, simulated", wholes, "s")
    row("ratio", [whole / chain for whole in wholes], "")
    row("peak memory, the simulator included", peaks, "MB")


def settled(stage, words, latency):
    simulator = subprocess.Popen(
        [tool, "simulate", "--read-latency", str(latency), "--speed", "200"], stdout=subprocess.PIPE, text=True
    )
    try:
        environment = json.loads(simulator.stdout.readline())

        def measure(name, *command):
            runs = [run(*command, "--stage", stage, environment=environment) for _ in range(options.runs)]
            row(f"infra {name}, {words}", [took for took, _ in runs], "ms")
            row(f"infra {name}, {words}: peak memory", [peak for _, peak in runs], "MB")

        measure("preview (nothing is there)", "preview")
        _, peak = run("up", "--target", "azure", "--yes", "--stage", stage, environment=environment)
        row(f"infra up, {words}: peak memory", [peak], "MB")
        measure("up (nothing to do)", "up", "--target", "azure", "--yes")
        measure("preview (nothing to do)", "preview")
    finally:
        simulator.kill()


def planning():
    runs = [json.loads(subprocess.check_output([tool, "plan"])) for _ in range(options.runs)]
    print(f"{runs[0]['resources']:,} resources:")
    for part in runs[0]["microseconds"]:
        row(f"  {part}", [run["microseconds"][part] / 1000 for run in runs], "ms")
    row("  together", [sum(run["microseconds"].values()) / 1000 for run in runs], "ms")


deployment()
settled("sixty", "60 resources, 50 ms", 50)
settled("thousandInAzure", "1,000 resources, 50 ms", 50)
planning()
