"""Uses a chat service with OpenAI's own client, which knows what to expect.

Reads the service's address and its model from standard input, as a line of JSON. The model's server answers what it is
told to: see the test that runs this.
"""

import asyncio
import json
import sys

import openai
from openai import AsyncOpenAI, OpenAI

arguments = json.loads(sys.stdin.read())
model = arguments["model"]
settings = {"base_url": arguments["url"] + "/v1", "api_key": "unused", "max_retries": 0, "timeout": 30}
client = OpenAI(**settings)


def asking(text):
    return [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": text}]}]


def refuses(error, call, code=None):
    """Runs a call that must fail."""
    try:
        call()
    except error as caught:
        assert code in (None, caught.code), (code, caught.code, caught)
        return caught
    raise AssertionError(f"{error.__name__} was expected")


def models():
    listed = client.models.list().data
    assert [entry.id for entry in listed] == [model], listed
    assert client.models.retrieve(model).id == model
    refuses(openai.NotFoundError, lambda: client.models.retrieve("gpt/other"), "model_not_found")


def whole():
    answer = client.chat.completions.create(
        model=model, messages=asking("hello"), temperature=0.5, top_p=0.9, max_completion_tokens=20, stop=["END"], n=1
    )
    assert answer.object == "chat.completion" and answer.model == model, answer
    assert answer.choices[0].message.content == "Hello there", answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.usage.total_tokens == 12, answer


def streamed():
    chunks = list(
        client.chat.completions.create(
            model=model, messages=asking("hello"), stream=True, stream_options={"include_usage": True}
        )
    )
    assert chunks[0].choices[0].delta.role == "assistant", chunks
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == "Hello there", text
    assert [c.choices[0].finish_reason for c in chunks if c.choices and c.choices[0].finish_reason] == ["stop"], chunks
    assert chunks[-1].choices == [] and chunks[-1].usage.prompt_tokens == 10, chunks[-1]
    assert len({chunk.id for chunk in chunks}) == 1
    plain = list(client.chat.completions.create(model=model, messages=asking("hello"), stream=True))
    assert all(chunk.choices and chunk.usage is None for chunk in plain), plain
    with client.chat.completions.stream(model=model, messages=asking("hello")) as stream:
        assert stream.get_final_completion().choices[0].message.content == "Hello there"


def errors():
    def create(**options):
        return lambda: client.chat.completions.create(**({"model": model, "messages": asking("hello")} | options))

    refuses(openai.NotFoundError, create(model="other"), "model_not_found")
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    caught = refuses(openai.BadRequestError, create(tools=[tool]), "unsupported_parameter")
    assert caught.param == "tools" and caught.type == "invalid_request_error", caught
    refuses(openai.BadRequestError, create(n=2), "unsupported_parameter")
    refuses(openai.BadRequestError, create(temperature=3), "invalid_value")
    refuses(openai.BadRequestError, create(messages=[]), "invalid_value")
    refuses(openai.BadRequestError, create(messages=asking("filter")), "model_rejected")
    refuses(openai.RateLimitError, create(messages=asking("limit")), "model_rate_limited")
    refuses(openai.InternalServerError, create(messages=asking("key")), "model_unauthorized")
    broken = create(messages=asking("break"), stream=True)()
    refuses(openai.APIError, lambda: list(broken), "model_interrupted")


def kept():
    headers = {"X-Chat-Id": "from-openai"}
    ask = [{"role": "user", "content": "hello"}]
    client.chat.completions.create(model=model, messages=ask, extra_headers=headers)
    ask += [{"role": "assistant", "content": "Hello there"}, {"role": "user", "content": "hello"}]
    client.chat.completions.create(model=model, messages=ask, extra_headers=headers)


async def at_once():
    async with AsyncOpenAI(**settings) as many:
        async def one():
            stream = await many.chat.completions.create(model=model, messages=asking("hello"), stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

        texts = await asyncio.gather(*[one() for _ in range(20)])
        assert texts == ["Hello there"] * 20, texts


def left():
    """Leaves in the middle of an answer that never ends."""
    stream = client.chat.completions.create(model=model, messages=asking("endless"), stream=True)
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()


models()
whole()
streamed()
errors()
kept()
asyncio.run(at_once())
left()
