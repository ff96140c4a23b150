#!/usr/bin/env python3
"""Prints how fast the chat container starts and how little it keeps: medians of one machine.

    swift build -c release --static-swift-stdlib --product ChatAPI
    Benchmarks/start.py --runs 20 --connections 5000

Beside it stand nginx, where it is installed, and Python's own server, measured the same way in the same run. The
streams follow one answer that a model has begun and does not go on with, because everybody asks the same; with

    --path /api/chat/stream --body '{"message":"Wait"}'

each is an answer of its own, with a connection of its own to the model, of which the service makes 4,096 at most.
"""
import argparse
import asyncio
import contextlib
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--runs", type=int, default=20)
parser.add_argument("--connections", type=int, default=5000)
parser.add_argument("--chat", default=".build/release/ChatAPI")
parser.add_argument("--path", default="/chat", help="where streams are asked for")
parser.add_argument("--body", default='{"question":"Wait"}', help="what is asked")
options = parser.parse_args()


def row(name, values, unit):
    print(f"{name:<52} {statistics.median(values):>9.1f} {unit:<4} (min {min(values):.1f}, max {max(values):.1f})")


def megabytes(process, field):
    with open(f"/proc/{process}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith(field + ":")) / 1024


def family(process):
    """The process and all that it has started."""
    members = [process]
    with open(f"/proc/{process}/task/{process}/children") as children:
        for child in children.read().split():
            members += family(int(child))
    return members


def memory(process, field):
    return sum(megabytes(member, field) for member in family(process))


def processor_time(process):
    """Milliseconds that all threads have worked, which other programs on the machine disturb less."""
    nanoseconds = 0
    for member in family(process):
        for thread in os.listdir(f"/proc/{member}/task"):
            with open(f"/proc/{member}/task/{thread}/schedstat") as file:
                nanoseconds += int(file.read().split()[0])
    return nanoseconds / 1e6


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, path):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(15).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


@contextlib.contextmanager
def running(command, port, path, environment=None):
    """Starts a server, and yields its process, and the milliseconds until it has answered with 200."""
    begin = time.monotonic()
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while not answers(port, path):
            if process.poll() is not None:
                sys.exit(f"{command[0]} ended with {process.returncode}")
            time.sleep(0.0002)
        yield process.pid, (time.monotonic() - begin) * 1000
    finally:
        process.terminate()
        process.wait()


def chat(port, folder, **settings):
    environment = {"PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(port), "LOG_LEVEL": "error"}
    return [os.path.abspath(options.chat)], port, "/health", {**environment, "DATA_DIRECTORY": folder, **settings}


def nginx(port, folder):
    configuration = os.path.join(folder, "nginx.conf")
    with open(configuration, "w") as file:
        file.write(
            f"daemon off; pid {folder}/pid; error_log /dev/null; events {{}}\n"
            f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; return 200; }} }}\n"
        )
    return ["nginx", "-p", folder, "-c", configuration], port, "/"


def python(port, folder):
    return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder], port, "/"


def starts(name, server):
    times, work, anonymous, resident = [], [], [], []
    # The first run reads the program from the disk and makes its database; it is not counted.
    with tempfile.TemporaryDirectory() as folder:
        for count in range(options.runs + 1):
            with running(*server(free_port(), folder)) as (process, elapsed):
                if count == 0:
                    continue
                times.append(elapsed)
                work.append(processor_time(process))
                time.sleep(1)  # Idle means after the start has settled.
                anonymous.append(memory(process, "RssAnon"))
                resident.append(memory(process, "VmRSS"))
    row(f"{name}: start to first 200", times, "ms")
    row(f"{name}: processor time of that", work, "ms")
    row(f"{name}: idle, anonymous memory", anonymous, "MB")
    row(f"{name}: idle, resident memory", resident, "MB")


class BegunModel(threading.Thread):
    """A model that says one word to everybody who asks and then nothing more."""

    def __init__(self):
        super().__init__(daemon=True)
        self.server = socket.create_server(("127.0.0.1", 0), backlog=8192)
        self.port = self.server.getsockname()[1]
        self.start()

    def run(self):
        asyncio.run(self.serve())

    async def serve(self):
        async with await asyncio.start_server(self.answer, sock=self.server) as server:
            await server.serve_forever()

    async def answer(self, reader, writer):
        word = 'data: {"choices":[{"index":0,"delta":{"content":"Well"}}]}\n\n'
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"{head}{len(word):x}\r\n{word}\r\n".encode())
        await reader.read(-1)  # Until the other side leaves.


def streams():
    _, limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    count = min(options.connections, (limit - 100) // 2)
    model = BegunModel()
    body = options.body.encode()
    request = (
        f"POST {options.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with tempfile.TemporaryDirectory() as folder:
        server = chat(
            free_port(), folder, OPENAI_BASE_URL=f"http://127.0.0.1:{model.port}/v1", OPENAI_API_KEY="none"
        )
        with running(*server) as (process, _):
            time.sleep(1)
            idle = memory(process, "RssAnon")
            open_streams, refused = [], 0
            for _ in range(count):
                connection = socket.create_connection(("127.0.0.1", server[1]))
                connection.sendall(request)
                open_streams.append(connection)
                if len(open_streams) % 64 == 0:
                    time.sleep(0.01)
            for connection in open_streams:
                connection.settimeout(30)
                refused += b" 200 " not in connection.recv(16)
            time.sleep(2)
            row(f"chat: {count - refused} idle streams, anonymous memory", [memory(process, "RssAnon")], "MB")
            row(f"chat: for each of them", [(memory(process, "RssAnon") - idle) * 1024 / max(count - refused, 1)], "KB")
            if refused:
                print(f"{refused} streams were refused")


starts("chat", chat)
if shutil.which("nginx"):
    starts("nginx", nginx)
else:
    print("nginx is not installed (a package of Debian's), and not measured")
starts("python3 -m http.server", python)
streams()
