#!/usr/bin/env python3
"""Prints how many events a second `POST /api/events` takes, each on the broker's disk before its answer.

    swift build -c release --static-swift-stdlib --product infra
    Benchmarks/events.py --peer PATH/p3       # a FastAPI service over Redis, measured in the same run

The load comes from wrk, on the same machine. A peer is a folder with an `app.py` of FastAPI that reads JWT_SECRET and
REDIS_URL; it needs the packages fastapi, uvicorn, uvloop, httptools, pyjwt, orjson and redis, and redis-server.
"""
import argparse
import base64
import contextlib
import hashlib
import hmac
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=5)
parser.add_argument("--seconds", type=int, default=8)
parser.add_argument("--connections", type=int, default=64)
parser.add_argument("--infra", default=".build/release/infra")
parser.add_argument("--peer", help="a folder with the service to compare with")
parser.add_argument("--python", default=sys.executable, help="the interpreter that has the peer's packages")
options = parser.parse_args()
script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "events.lua")
key = "0123456789abcdef0123456789abcdef"


def token():
    def text(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    claims = {"sub": "user-1", "exp": int(time.time()) + 86400}
    signed = text(b'{"alg":"HS256","typ":"JWT"}') + "." + text(json.dumps(claims).encode())
    return signed + "." + text(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())


def load(url):
    """One run of the load: events a second, and percentiles in milliseconds."""
    command = ["wrk", "-t2", f"-c{options.connections}", f"-d{options.seconds}s", "--latency", "-s", script, url]
    output = subprocess.run(
        command, env={**os.environ, "TOKEN": token()}, check=True, capture_output=True, text=True
    ).stdout
    figures = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    assert figures["refused"] == 0 and figures["broken"] == 0, figures
    rate = figures["requests"] / (figures["microseconds"] / 1e6)
    return {"rate": rate, **{name: figures[name] / 1000 for name in ["p50", "p90", "p99", "max"]}}


def wait(url):
    for _ in range(400):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=1).close()
            return
        time.sleep(0.025)
    raise SystemExit(f"nobody answers at {url}")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


@contextlib.contextmanager
def slipway(folder, level="info"):
    offset = free_port() % 15000 + 15000
    infra = os.path.abspath(options.infra)
    environment = {**os.environ, "JWT_SIGNING_KEY": key, "LOG_LEVEL": level}
    subprocess.run(
        [infra, "up", "--detach", "--port-offset", str(offset)],
        cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL,
    )
    try:
        yield f"http://127.0.0.1:{7071 + offset}"
    finally:
        subprocess.run([infra, "down"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def peer(folder):
    redis_port, port = free_port(), free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(redis_port), "--save", "", "--bind", "127.0.0.1"],
        cwd=folder, stdout=subprocess.DEVNULL,
    )
    environment = {**os.environ, "JWT_SECRET": key, "REDIS_URL": f"redis://127.0.0.1:{redis_port}/0"}
    service = subprocess.Popen(
        [options.python, "-m", "uvicorn", "app:app", "--port", str(port), "--loop", "uvloop", "--http", "httptools",
         "--no-access-log", "--log-level", "warning"],
        cwd=options.peer, env=environment,
    )
    try:
        wait(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in (service, redis):
            process.terminate()
            process.wait()


def measured(name, system):
    with tempfile.TemporaryDirectory() as folder, system(folder) as url:
        load(f"{url}/api/events")  # Warms up.
        runs = [load(f"{url}/api/events") for _ in range(options.runs)]
    medians = {part: statistics.median(run[part] for run in runs) for part in runs[0]}
    rates = [run["rate"] for run in runs]
    print(
        f"{name:<28} {medians['rate']:>8.0f} events/s (min {min(rates):.0f}, max {max(rates):.0f})   "
        f"p50 {medians['p50']:.2f} ms, p90 {medians['p90']:.2f} ms, p99 {medians['p99']:.2f} ms, max {medians['max']:.1f} ms"
    )
    return medians["rate"]


if not shutil.which("wrk"):
    raise SystemExit("wrk is missing; it is a package of Debian's")
def quiet(folder):
    return slipway(folder, level="warning")


logging = measured("slipway, durable", slipway)
silent = measured("slipway, without access log", quiet)
if options.peer:
    theirs = measured("FastAPI and Redis, in memory", peer)  # It has no access log either.
    print(f"{'ratio':<28} {logging / theirs:>8.2f} with, {silent / theirs:.2f} without the access log")
else:
    print("No --peer was given, so there is nothing to compare with.")
