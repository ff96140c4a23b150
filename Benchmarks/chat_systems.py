"""What Benchmarks/chat.py measures: the chat container, and what would be used in its place, each over one upstream."""
import contextlib
import dataclasses
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@dataclasses.dataclass
class System:
    """A server that answers: where, with which words it is asked, and by which word its answer ends."""

    name: str
    url: str
    body: str
    terminal: str
    processes: dict


class Ports:
    """Ports from a place on, each given once."""

    def __init__(self, first):
        self.next = first

    def take(self):
        while True:
            self.next += 1
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", self.next - 1))
                return self.next - 1


@contextlib.contextmanager
def program(command, health=None, core=None, seconds=60, **settings):
    """Starts a program, on one core where that is said, and ends it."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    process = subprocess.Popen(pinned + command, **{**quiet, **settings})
    try:
        if health:
            wait(health, process, seconds)
        yield process.pid
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def wait(url, process, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"{process.args[0]} ended with {process.returncode}")
        with contextlib.suppress(OSError):
            urllib.request.urlopen(url, timeout=5).close()
            return
        time.sleep(0.05)
    raise SystemExit(f"nobody answers at {url}")


class Bench:
    """The folder with the upstream and the peers, and what it takes to run them."""

    def __init__(self, options):
        self.options = options
        self.ports = Ports(options.port)

    @contextlib.contextmanager
    def upstream(self, tokens=50, delay=20, burst=1):
        port = self.ports.take()
        command = [
            self.options.python, os.path.join(self.options.bench, "upstream.py"), "--port", str(port),
            "--tokens", str(tokens), "--delay-ms", str(delay), "--burst", str(burst),
        ]
        with program(command, f"http://127.0.0.1:{port}/health") as process:
            body = '{"model":"fake-1","stream":true,"messages":[{"role":"user","content":"q {r}-{i}"}]}'
            url = f"http://127.0.0.1:{port}"
            yield System("direct", f"{url}/v1/chat/completions", body, "[DONE]", {"upstream": process})

    @contextlib.contextmanager
    def direct(self, upstream, core=None):
        yield upstream

    @contextlib.contextmanager
    def slipway(self, upstream, core=None, redis=None, questions=False):
        """The chat container, with its history in SQLite; its `POST /chat` where questions are asked."""
        port = self.ports.take()
        with contextlib.ExitStack() as stack:
            environment = {
                "PATH": os.environ["PATH"], "HOST": "127.0.0.1", "PORT": str(port), "LOG_LEVEL": "warning",
                "DATA_DIRECTORY": stack.enter_context(tempfile.TemporaryDirectory()),
                "OPENAI_BASE_URL": root(upstream) + "/v1", "OPENAI_API_KEY": "none",
            }
            if redis:
                environment["REDIS_URL"] = f"redis://127.0.0.1:{redis}/0"
            command = [os.path.abspath(self.options.chat)]
            health = f"http://127.0.0.1:{port}/health"
            process = stack.enter_context(program(command, health, core, env=environment))
            words = ("/chat", '{"question":"q {r}-{i}"}', "completed") if questions else (
                "/api/chat", '{"message":"q {r}-{i}","stream":true}', '"done"')
            path, body, terminal = words
            yield System("slipway", f"http://127.0.0.1:{port}{path}", body, terminal, {"server": process})

    @contextlib.contextmanager
    def nginx(self, upstream, core=None):
        port = self.ports.take()
        with tempfile.TemporaryDirectory() as folder:
            configuration = os.path.join(folder, "nginx.conf")
            with open(configuration, "w") as file:
                file.write(
                    f"daemon off; pid {folder}/pid; error_log /dev/null; worker_processes 1; worker_rlimit_nofile 20000;\n"
                    "events { worker_connections 18000; }\n"
                    f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
                    f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
                    f"upstream model {{ server {root(upstream)[7:]}; keepalive 4096; }}\n"
                    f"server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ proxy_pass http://model;\n"
                    'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }\n'
                )
            command = ["nginx", "-p", folder, "-c", configuration]
            with program(command, f"http://127.0.0.1:{port}/health", core) as process:
                url = f"http://127.0.0.1:{port}/v1/chat/completions"
                yield System("nginx", url, upstream.body, "[DONE]", {"server": process})

    @contextlib.contextmanager
    def fastapi(self, upstream, core=None):
        with tempfile.TemporaryDirectory() as folder:
            settings = {"DB_PATH": os.path.join(folder, "history.db"), "OPENAI_BASE_URL": root(upstream) + "/v1"}
            with self.uvicorn("p2", "app:app", settings, core) as (url, process):
                body = '{"message":"q {r}-{i}","stream":true}'
                yield System("FastAPI", f"{url}/api/chat", body, "[DONE]", {"server": process})

    @contextlib.contextmanager
    def celery(self, upstream, core=None):
        with self.redis() as (port, redis):
            settings = {
                "REDIS_URL": f"redis://127.0.0.1:{port}/0", "BROKER_URL": f"redis://127.0.0.1:{port}/1",
                "OPENAI_BASE_URL": root(upstream) + "/v1",
            }
            command = [self.options.python, "-m", "celery", "-A", "worker", "worker", "-P", "threads", "-c", "32"]
            worker = program(command, cwd=self.peer("p1"), env=self.environment(settings))
            with worker as working, self.uvicorn("p1", "api:app", settings, core) as (url, process):
                body = '{"question":"q {r}-{i}","use_cache":true}'
                processes = {"server": process, "worker": working, "redis": redis}
                yield System("FastAPI, Celery", f"{url}/chat", body, "completed", processes)

    @contextlib.contextmanager
    def litellm(self, upstream, core=None):
        port = self.ports.take()
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(self.peer("p4"), "config.yaml")) as file:
                text = file.read().replace("http://127.0.0.1:9100", root(upstream))
            configuration = os.path.join(folder, "config.yaml")
            with open(configuration, "w") as file:
                file.write(text)
            command = [
                os.path.join(os.path.dirname(self.options.python), "litellm"), "--config", configuration,
                "--host", "127.0.0.1", "--port", str(port),
            ]
            health = f"http://127.0.0.1:{port}/health/liveliness"
            with program(command, health, core, 120, cwd=folder, env=self.environment({})) as process:
                url = f"http://127.0.0.1:{port}/v1/chat/completions"
                yield System("LiteLLM", url, upstream.body, "[DONE]", {"server": process})

    @contextlib.contextmanager
    def redis(self):
        port = self.ports.take()
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with program(command, cwd="/") as process:
            time.sleep(0.5)
            yield port, process

    @contextlib.contextmanager
    def uvicorn(self, peer, app, settings, core):
        port = self.ports.take()
        command = [
            self.options.python, "-m", "uvicorn", app, "--host", "127.0.0.1", "--port", str(port),
            "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "error", "--backlog", "4096",
        ]
        url = f"http://127.0.0.1:{port}"
        environment = self.environment(settings)
        with program(command, f"{url}/health", core, cwd=self.peer(peer), env=environment) as process:
            yield url, process

    def environment(self, settings):
        return {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **settings}

    def peer(self, name):
        return os.path.join(self.options.bench, "peers", name)

    def has(self, system):
        """Whether what a system needs is installed."""
        def has_modules(*names):
            return subprocess.run([self.options.python, "-c", "import " + ", ".join(names)], **quiet).returncode == 0

        if system == "nginx":
            return shutil.which("nginx") is not None
        if system == "fastapi":
            return has_modules("fastapi", "uvicorn", "uvloop", "httptools", "openai", "aiosqlite", "orjson")
        if system == "celery":
            return has_modules("fastapi", "uvicorn", "celery", "kombu.transport.redis", "openai", "orjson") and self.has("redis")
        if system == "redis":
            return shutil.which("redis-server") is not None
        if system == "litellm":
            return has_modules("litellm.proxy.proxy_cli")
        return True


def root(system):
    """The address of a server without the path."""
    return "/".join(system.url.split("/")[:3])
