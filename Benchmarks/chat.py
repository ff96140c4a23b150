#!/usr/bin/env python3
"""Prints how the chat container does beside its upstream, nginx, and what else would be put in its place.

    swift build -c release --static-swift-stdlib --product ChatAPI
    Benchmarks/chat.py --bench PATH --python PATH/bin/python --part streams --part zero

The folder has an upstream (upstream.py), a load generator (load.py) and the services to compare with (peers/p1, p2 and
p4); the interpreter has their packages: fastapi, uvicorn, uvloop, httptools, openai, aiosqlite, orjson, celery, redis and
litellm[proxy]. nginx and redis-server are packages of Debian's. What is missing is not measured, and named.

All figures of a part come from one machine in one run, and are medians of --runs. "foreign" is the part of a core that
other programs used meanwhile; where it is large, compare the processor time per 1,000 streams, and nothing else.
"""
import argparse
import contextlib
import json
import os
import resource
import select
import socket
import statistics
import sys
import time
import urllib.request

import chat_systems

sys.dont_write_bytecode = True
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--bench", required=True, help="the folder with the upstream, the load generator and the peers")
parser.add_argument("--python", default=sys.executable, help="the interpreter that has the peers' packages")
parser.add_argument("--chat", default=".build/release/ChatAPI")
parser.add_argument("--part", action="append", help="what to measure; everything where it is not given")
parser.add_argument("--system", action="append", help="whom to measure, of those that a part compares")
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--streams", type=int, default=1000, help="how many streams at once")
parser.add_argument("--port", type=int, default=19400, help="the first port to use")
options = parser.parse_args()
options.bench = os.path.abspath(options.bench)
sys.path.insert(0, options.bench)
import load  # noqa: E402

bench = chat_systems.Bench(options)
rungs = [25, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1000, 1500, 2000]


def row(name, *cells):
    print(f"  {name:<28}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def offered(*names):
    """The systems among these that are asked for and can be run."""
    for name in names:
        if options.system and name not in options.system:
            continue
        if bench.has(name):
            yield name
        else:
            row(name, "not installed")


def run(system, upstream, streams, total, **settings):
    settings = {"ramp_s": 1, "body": system.body, "terminal": system.terminal, **settings}
    processes = {**system.processes, **upstream.processes}
    return load.run(system.url, concurrency=streams, total=total, pids=processes, **settings)


def median(outcomes, of):
    values = [value for value in map(of, outcomes) if value is not None]
    return statistics.median(values) if values else float("nan")


def percentile(name, part):
    return lambda outcome: (outcome[name] or {}).get(part)


def processor_time(outcome):
    """Seconds per 1,000 streams, of everything but the upstream and the load."""
    return sum(value for name, value in outcome["cpu_s_per_1000_streams"].items() if name != "upstream")


def foreign(outcomes):
    return f"{median(outcomes, lambda outcome: outcome['foreign_cpu_frac']):.2f}"


def errors(outcomes):
    """How many streams failed, of all."""
    return f"{sum(outcome['total'] - outcome['ok'] for outcome in outcomes)}/{sum(o['total'] for o in outcomes)}"


def first():
    """What a server adds to the time to the first chunk, with one stream at a time."""
    row("", "added p50, ms", "first p50, ms", "foreign")
    base = 0
    with bench.upstream(tokens=5) as upstream:
        for name in offered("direct", "slipway", "nginx", "fastapi", "litellm"):
            with getattr(bench, name)(upstream) as system:
                run(system, upstream, 1, 20, ramp_s=0)
                outcomes = [run(system, upstream, 1, 100, ramp_s=0, expect_chunks=5) for _ in range(options.runs)]
            value = median(outcomes, percentile("ttfc_ms", "p50"))
            base = value if name == "direct" else base
            row(system.name, f"{value - base:.2f}", f"{value:.2f}", foreign(outcomes))


def streams():
    """Many streams at once, of 50 tokens at 20 ms."""
    row("", "CPU s/1,000", "gap p99 ms", "transit p99 ms", "first p50 ms", "errors", "foreign")
    with bench.upstream() as upstream:
        for name in offered("direct", "slipway", "nginx", "fastapi"):
            with getattr(bench, name)(upstream) as system:
                run(system, upstream, 10, 20)
                outcomes = [
                    run(system, upstream, options.streams, 2 * options.streams, expect_chunks=50, delay_ms=20)
                    for _ in range(options.runs)
                ]
            row(
                system.name, f"{median(outcomes, processor_time):.2f}",
                f"{median(outcomes, percentile('gap_added_ms', 'p99')):.1f}",
                f"{median(outcomes, percentile('transit_ms', 'p99')):.1f}",
                f"{median(outcomes, percentile('ttfc_added_ms', 'p50')):.1f}", errors(outcomes), foreign(outcomes),
            )


def ladder():
    """How many streams at once are still in time: the first chunk within 100 ms, each within 20 ms, for 99 of 100."""
    row("", "streams at once", "the next: first", "transit p99 ms", "foreign")

    def is_in_time(outcome):
        if outcome["errors"]:
            return False
        return outcome["ttfc_added_ms"]["p99"] <= 100 and outcome["transit_ms"]["p99"] <= 20

    with bench.upstream() as upstream:
        for name in offered("slipway", "nginx", "fastapi"):
            with getattr(bench, name)(upstream) as system:
                run(system, upstream, 10, 20)
                reached, failed = 0, []
                for rung in rungs:
                    # What other programs do can only make it worse, so the best of the runs counts.
                    failed = []
                    for _ in range(options.runs):
                        outcome = run(system, upstream, rung, 2 * rung, expect_chunks=50, delay_ms=20)
                        if is_in_time(outcome):
                            break
                        failed.append(outcome)
                    if len(failed) == options.runs:
                        break
                    reached = rung
            full = len(failed) == options.runs
            late = [f"{median(failed, percentile(key, 'p99')):.0f}" if full else "-"
                    for key in ("ttfc_added_ms", "transit_ms")]
            row(system.name, reached, *late, foreign(failed or [outcome]))


def zero():
    """Chunks a second when the model never waits: the server on one core, the upstream and the load on the other."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return row("needs two cores")
    row("", "chunks/s", "streams/s", "CPU s/1,000", "errors", "foreign")
    os.sched_setaffinity(0, {cores[1]})
    try:
        with bench.upstream(delay=0, burst=50) as upstream:
            for name, total in [("slipway", 6000), ("nginx", 6000), ("fastapi", 600)]:
                for name in offered(name):
                    with getattr(bench, name)(upstream, core=cores[0]) as system:
                        run(system, upstream, 32, 200, ramp_s=0)
                        outcomes = [
                            run(system, upstream, 32, total, ramp_s=0, expect_chunks=-1 if name == "slipway" else 50)
                            for _ in range(options.runs)
                        ]
                    # Texts that come together leave together; tokens count, not events.
                    row(
                        system.name, f"{median(outcomes, lambda o: o['streams_per_s'] * 50):.0f}",
                        f"{median(outcomes, lambda o: o['streams_per_s']):.0f}",
                        f"{median(outcomes, processor_time):.2f}", errors(outcomes), foreign(outcomes),
                    )
    finally:
        os.sched_setaffinity(0, set(cores))


def cache():
    """How often a second an answer is given again that was given before."""
    row("", "replays/s", "CPU s/1,000", "errors", "foreign")

    def measured(name, system, upstream, total):
        body = system.body.replace("{r}-{i}", "always the same")
        settings = {"body": body, "ramp_s": 0, "stamp": False}
        run(system, upstream, 1, 1, **settings)
        outcomes = [run(system, upstream, 32, total, **settings) for _ in range(options.runs)]
        rate = median(outcomes, lambda o: o["streams_per_s"])
        row(name, f"{rate:.0f}", f"{median(outcomes, processor_time):.2f}", errors(outcomes), foreign(outcomes))

    with bench.upstream() as upstream:
        for _ in offered("slipway"):
            with bench.slipway(upstream, questions=True) as system:
                measured("slipway, in memory", system, upstream, 20000)
            if bench.has("redis"):
                with bench.redis() as (port, _), bench.slipway(upstream, redis=port, questions=True) as system:
                    measured("slipway, with Redis", system, upstream, 20000)
        for _ in offered("celery"):
            with bench.celery(upstream) as system:
                measured(system.name, system, upstream, 3000)


def flight():
    """How often a model is asked, when 10,000 ask the same 10 questions at once."""
    row("", "asked", "calls of the model", "whole answers")
    for name in offered("slipway"):
        for with_redis in (False, True):
            if with_redis and not bench.has("redis"):
                continue
            with contextlib.ExitStack() as stack:
                # An answer takes 15 s, so that everybody has asked before the first one ends.
                upstream = stack.enter_context(bench.upstream(tokens=50, delay=300))
                redis = stack.enter_context(bench.redis())[0] if with_redis else None
                system = stack.enter_context(bench.slipway(upstream, redis=redis, questions=True))
                connections = asked(system, 10_000, distinct=10)
                whole = read_all(connections, system.terminal.encode())
                with urllib.request.urlopen(chat_systems.root(upstream) + "/__config") as answer:
                    calls = json.load(answer)["streams"]
            row(f"{name}, {'with Redis' if with_redis else 'in memory'}", len(connections), calls, whole)


def idle():
    """The memory that streams take which wait for their model."""
    row("", "streams", "before, MB", "anonymous MB", "KB for each")
    with bench.upstream(tokens=1, delay=600_000) as upstream:
        for name, shared in [("slipway", True), ("slipway", False), ("nginx", False), ("fastapi", False)]:
            for name in offered(name):
                settings = {"questions": True} if name == "slipway" else {}
                with getattr(bench, name)(upstream, **settings) as system:
                    time.sleep(1)
                    before = memory(system)
                    # 4,096 is the most answers that the chat container makes at once.
                    count = 5000 if shared else 4000
                    connections = asked(system, count, distinct=1 if shared else count)
                    time.sleep(5)
                    now = memory(system)
                    for connection in connections:
                        connection.close()
                title = system.name + (", one answer" if shared else "")
                row(title, count, f"{before:.1f}", f"{now:.1f}", f"{(now - before) * 1024 / count:.1f}")


def slow():
    """The most memory while 200 readers take one byte a second each of an answer of 1 MB."""
    row("", "readers", "before, MB", "most, MB", "KB for each")
    with bench.upstream(tokens=42_000, delay=0, burst=50) as upstream:
        for name, shared in [("slipway", True), ("slipway", False), ("nginx", False), ("fastapi", False)]:
            for name in offered(name):
                settings = {"questions": True} if shared else {}
                with getattr(bench, name)(upstream, **settings) as system:
                    time.sleep(1)
                    before = memory(system)
                    connections = asked(system, 200, distinct=1 if shared else 200, window=4096)
                    for connection in connections:
                        connection.setblocking(False)
                    most = 0
                    for _ in range(20):
                        for connection in connections:
                            with contextlib.suppress(OSError):
                                connection.recv(1)
                        time.sleep(1)
                        most = max(most, memory(system))
                    for connection in connections:
                        connection.close()
                title = system.name + (", one answer" if shared else "")
                row(title, 200, f"{before:.1f}", f"{most:.1f}", f"{(most - before) * 1024 / 200:.1f}")


def asked(system, count, distinct, window=None):
    """Connections that have each put one of so many questions."""
    port = int(chat_systems.root(system).split(":")[-1])
    path = system.url[len(chat_systems.root(system)):]
    connections = []
    for number in range(count):
        connection = socket.socket()
        if window:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        connection.settimeout(30)
        connection.connect(("127.0.0.1", port))
        body = system.body.replace("{r}-{i}", f"number {number % distinct}").encode()
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        connections.append(connection)
        if number % 64 == 0:
            time.sleep(0.005)
    return connections


def read_all(connections, terminal, seconds=60):
    """Reads until each has heard the end, and tells how many have."""
    poll, tails, whole = select.epoll(), {}, 0
    for connection in connections:
        connection.setblocking(False)
        tails[connection.fileno()] = (connection, b"")
        poll.register(connection, select.EPOLLIN)
    end = time.monotonic() + seconds
    while tails and time.monotonic() < end:
        for number, _ in poll.poll(1):
            connection, tail = tails[number]
            try:
                data = connection.recv(65536)
            except OSError:
                data = b""
            is_whole = terminal in tail + data
            tails[number] = (connection, (tail + data)[-len(terminal):])
            whole += is_whole
            if is_whole or not data:
                del tails[number]
                poll.unregister(number)
                connection.close()
    for connection, _ in tails.values():
        connection.close()
    return whole


def memory(system):
    """The anonymous memory of a system's processes and their children, in MB."""
    def family(process):
        with open(f"/proc/{process}/task/{process}/children") as children:
            return [process] + [member for child in children.read().split() for member in family(int(child))]

    total = 0
    for process in system.processes.values():
        for member in family(process):
            with open(f"/proc/{member}/status") as status:
                total += next(int(line.split()[1]) for line in status if line.startswith("RssAnon:"))
    return total / 1024


parts = {part.__name__: part for part in (first, streams, ladder, zero, cache, flight, idle, slow)}
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
for name in options.part or parts:
    if name not in parts:
        raise SystemExit(f"There is no part {name}, but: {', '.join(parts)}")
    print(f"{name}: {parts[name].__doc__.splitlines()[0]}")
    parts[name]()
