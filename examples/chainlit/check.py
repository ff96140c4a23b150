"""Asks a question in a real browser, before a real event API and broker, and waits for the offline model's answer.

Needs built programs (swift build), chromedriver, and to be run by the Python that has Chainlit.
"""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
PROGRAMS = pathlib.Path(os.environ.get("PROGRAMS", HERE.parent.parent / ".build" / "debug"))
PATIENCE = 90


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(method, url, body=None):
    request = urllib.request.Request(url, method=method, headers={"Content-Type": "application/json"})
    request.data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.loads(response.read() or b"null")


def wait(what, condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(urllib.error.URLError, ConnectionError, KeyError):
            if condition():
                return
        time.sleep(0.1)
    sys.exit(f"{what}: not within {PATIENCE} s")


def is_up(url):
    with urllib.request.urlopen(url, timeout=5) as response:
        return response.status == 200


def token(key, user):
    encode = lambda data: base64.urlsafe_b64encode(data).rstrip(b"=")
    claims = {"sub": user, "exp": int(time.time()) + 600}
    text = b".".join(encode(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (text + b"." + encode(hmac.new(key.encode(), text, hashlib.sha256).digest())).decode()


def main():
    key = base64.b64encode(os.urandom(32)).decode()
    broker, api, chat, driver = (free_port() for _ in range(4))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())

        def start(*command, **settings):
            output = open(f"{folder}/{pathlib.Path(command[0]).name}.log", "w")
            environment = {"PATH": os.environ["PATH"], "HOME": folder, **settings}
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=output, stderr=output, stdin=subprocess.PIPE
            )
            stack.callback(process.wait)
            stack.callback(process.terminate)

        start(
            PROGRAMS / "infra", "emulator", "--port", str(broker), "--data", f"{folder}/broker",
            "--queue", "events", "--queue", "events-dead", SERVICEBUS_EMULATOR_KEY=key,
        )
        start(
            PROGRAMS / "EventFunctions",
            SERVICEBUS_CONNECTION=f"Endpoint=sb://127.0.0.1:{broker};SharedAccessKeyName=RootManageSharedAccessKey;"
            f"SharedAccessKey={key};UseDevelopmentEmulator=true",
            SERVICEBUS_QUEUE="events", JWT_SIGNING_KEY=key, PORT=str(api), DATA_DIRECTORY=f"{folder}/data",
            NOTIFY_URL=f"http://127.0.0.1:{chat}/notify", NOTIFY_SIGNING_KEY=key,
        )
        start(
            sys.executable, "-m", "chainlit", "run", HERE / "app.py", "--headless", "--port", str(chat),
            EVENT_API_URL=f"http://127.0.0.1:{api}", AUTH_TOKEN=token(key, "ada"), NOTIFY_SIGNING_KEY=key,
            PYTHONDONTWRITEBYTECODE="1", CHAINLIT_APP_ROOT=folder,
        )
        start("chromedriver", f"--port={driver}")
        wait("the event API", lambda: is_up(f"http://127.0.0.1:{api}/ready"))
        wait("Chainlit", lambda: is_up(f"http://127.0.0.1:{chat}/"))
        wait("the driver", lambda: is_up(f"http://127.0.0.1:{driver}/status"))
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-proxy-server", "--window-size=1000,800"]
        capabilities = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments}}}}
        base = f"http://127.0.0.1:{driver}/session"
        session = f"{base}/{call('POST', base, capabilities)['value']['sessionId']}"
        stack.callback(call, "DELETE", session)

        def value(expression):
            script = {"script": f"return {expression}", "args": []}
            return call("POST", f"{session}/execute/sync", script)["value"]

        call("POST", f"{session}/url", {"url": f"http://127.0.0.1:{chat}/"})
        box = "document.querySelector('#chat-input')"
        wait("the message box", lambda: value(f"{box} !== null"))
        field = call("POST", f"{session}/element", {"using": "css selector", "value": "#chat-input"})["value"]
        typing = f"{session}/element/{next(iter(field.values()))}/value"
        call("POST", typing, {"text": "Hello from the sea"})

        def is_sent():
            # The box is there before the page has its connection, and until then takes no question.
            call("POST", typing, {"text": "\ue007"})
            return value(f"!({box}.value ?? {box}.innerText).includes('sea')")

        wait("the question", is_sent)
        wait("the answer", lambda: value("document.body.innerText.includes('OPENAI_API_KEY')"))
        notice = json.dumps({"userID": "ada", "type": "user.message", "text": "Tea is ready", "event": {}}).encode()
        signature = "sha256=" + hmac.new(key.encode(), notice, hashlib.sha256).hexdigest()
        deliver(chat, notice, signature)
        wait("the notice", lambda: value("document.body.innerText.includes('Tea is ready')"))
        try:
            deliver(chat, notice, "sha256=00")
            sys.exit("a notice with a wrong signature was taken")
        except urllib.error.HTTPError as error:
            assert error.code == 401, error.code
    print("chainlit: the answer and a notice arrived")


def deliver(port, body, signature):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/notify", method="POST", data=body)
    request.add_header("Content-Type", "application/json")
    request.add_header("X-Signature", signature)
    urllib.request.urlopen(request, timeout=10).close()


main()
