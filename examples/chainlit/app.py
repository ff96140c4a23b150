"""A Chainlit front end for the event API: questions go out as events, answers come back to /notify."""

import asyncio
import hashlib
import hmac
import os

import chainlit as cl
import httpx
from chainlit.context import init_ws_context
from chainlit.server import app
from chainlit.session import WebsocketSession
from fastapi import HTTPException, Request, Response

API = os.environ.get("EVENT_API_URL", "http://localhost:7071").rstrip("/")
TOKEN = os.environ["AUTH_TOKEN"]
KEY = os.environ.get("NOTIFY_SIGNING_KEY", "").encode()
BODY_LIMIT = 768 * 1024
REMEMBERED = 1000

# The answer to each event, whichever comes first: the id of the event, or the answer to it.
answers: dict[str, asyncio.Future] = {}
open_chats: set[str] = set()


def answer_to(event_id: str) -> asyncio.Future:
    if len(answers) >= REMEMBERED and event_id not in answers:
        answers.pop(next(iter(answers)))
    return answers.setdefault(event_id, asyncio.get_running_loop().create_future())


@cl.on_chat_start
async def start():
    open_chats.add(cl.context.session.id)


@cl.on_chat_end
async def end():
    open_chats.discard(cl.context.session.id)


@cl.on_message
async def ask(message: cl.Message):
    event = {"source": "chainlit", "type": "llm.chat", "metadata": {"messages": cl.chat_context.to_openai()}}
    headers = {"Authorization": f"Bearer {TOKEN}", "Idempotency-Key": message.id}
    async with httpx.AsyncClient(timeout=30) as client:
        response = await client.post(f"{API}/api/events", json=event, headers=headers)
    if response.status_code != 202:
        await cl.ErrorMessage(f"The event API answered {response.status_code}: {response.text}").send()
        return
    event_id = response.json()["id"]
    try:
        text = await asyncio.wait_for(answer_to(event_id), timeout=120)
        await cl.Message(text).send()
    except TimeoutError:
        await cl.ErrorMessage("No answer has arrived within two minutes.").send()
    finally:
        answers.pop(event_id, None)


@app.post("/notify", status_code=204, response_class=Response)
async def notify(request: Request):
    if int(request.headers.get("content-length", BODY_LIMIT + 1)) > BODY_LIMIT:
        raise HTTPException(413, "Send the length of the notice, of 768 KiB at most.")
    body = await request.body()
    expected = "sha256=" + hmac.new(KEY, body, hashlib.sha256).hexdigest()
    if KEY and not hmac.compare_digest(expected, request.headers.get("x-signature", "")):
        raise HTTPException(401, "The signature does not match.")
    notice = await request.json()
    if notice["type"] == "llm.chat.response":
        answer = answer_to(notice["event"]["correlationID"])
        if not answer.done():
            answer.set_result(notice["text"])
        return
    for session in filter(None, map(WebsocketSession.get_by_id, open_chats)):
        init_ws_context(session)
        await cl.Message(notice["text"], author="Notice").send()
