"""The stand-in is itself tested: a test that leans on it must not learn of its mistakes."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.standin import StandIn, standin
from tests.standin.messages import read_turns as messages_turns
from tests.standin.responses import read_turns as responses_turns
from tests.standin.script import EPILOGUE, SUMMARY, Step, choose_step, parse_script

TOOLS = [{"name": "Bash"}]


@pytest.fixture
def server() -> Iterator[StandIn]:
    with standin() as server:
        yield server


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"type": "text", "text": text} for text in texts]}


def turn() -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "text", "text": "…"}]}


def ask(server: StandIn, path: str, **request: Any) -> bytes:
    body = json.dumps(request).encode()
    with urllib.request.urlopen(server.url + path, data=body, timeout=5) as reply:
        content: bytes = reply.read()
        return content


def test_a_prompt_is_read_as_a_script() -> None:
    prompt = """# Ticket
    [[bash: echo "${a[1]}"]] and [[sleep: 0.5]]
    [[tool: Agent {"prompt": "[[bash: ls]] [[say: x]]", "n": [[1]]}]] [[say: Done [really]]]
    [[status: 429]] [[hang]]"""

    assert parse_script(prompt) == [
        Step("bash", 'echo "${a[1]}"'),
        Step("tool", "Agent", {"prompt": "[[bash: ls]] [[say: x]]", "n": [[1]]}, delay_s=0.5),
        Step("say", "Done [really]"),
        Step("status", "429"),
        Step("hang"),
    ]


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([user("[[say: 1]] [[say: 2]]")], "1"),
        ([user("[[say: 1]] [[say: 2]]"), turn(), user("go on")], "2"),
        ([user("[[say: 1]]"), turn(), user("[[say: new]]")], "new"),
        ([user("[[say: 1]]", "[Interrupted]", "[[say: merged]]")], "merged"),
        ([user("[[say: 1]]"), turn(), user("go on")], EPILOGUE),
        ([user("hello")], EPILOGUE),
    ],
    ids=["first", "second turn", "new script", "merged prompts", "played out", "no script"],
)
def test_the_conversation_tells_how_far_the_script_was_played(
    messages: list[dict[str, Any]], said: str
) -> None:
    assert choose_step(messages_turns({"messages": messages})).text == said


def test_codex_items_tell_how_far_the_script_was_played() -> None:
    call = {"type": "function_call", "call_id": "call_1", "name": "exec_command", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "call_1", "output": "[[say: no]]"}
    said = {"role": "assistant", "content": [{"type": "output_text", "text": "[[say: no]]"}]}
    script = {
        "role": "user",
        "content": [{"type": "input_text", "text": "[[bash: ls]] [[say: 2]]"}],
    }

    turns = responses_turns({"input": [script, call, output]})

    assert choose_step(turns) == Step("say", "2")
    assert choose_step([*turns, *responses_turns({"input": [said]})]).text == EPILOGUE


def test_a_request_without_tools_is_a_title(server: StandIn) -> None:
    reply = json.loads(ask(server, "/v1/messages", messages=[user("[[say: 1]]")]))

    assert reply["content"] == [{"type": "text", "text": SUMMARY}]


def test_a_tool_call_is_streamed_in_the_apis_order(server: StandIn) -> None:
    reply = ask(
        server, "/v1/messages", messages=[user("[[bash: ls]]")], tools=TOOLS, stream=True
    ).decode()

    events = [json.loads(line[6:]) for line in reply.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events] == [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert json.loads(events[2]["delta"]["partial_json"])["command"] == "ls"
    assert events[4]["delta"]["stop_reason"] == "tool_use"


def test_a_codex_tool_call_is_streamed_with_its_tokens(server: StandIn) -> None:
    script = [{"role": "user", "content": "[[bash: ls]]"}]
    reply = ask(server, "/v1/responses", input=script, tools=TOOLS, stream=True).decode()

    events = [json.loads(line[6:]) for line in reply.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events] == [
        "response.created",
        "response.output_item.added",
        "response.output_item.done",
        "response.completed",
    ]
    assert json.loads(events[2]["item"]["arguments"]) == {"cmd": "ls"}
    usage = events[3]["response"]["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_a_scripted_limit_says_when_it_ends(server: StandIn) -> None:
    script = [{"role": "user", "content": "[[limit: 3600]]"}]

    with pytest.raises(urllib.error.HTTPError) as failed:
        ask(server, "/v1/responses", input=script, tools=TOOLS)

    with failed.value as error:
        said = json.loads(error.read())["error"]
        assert (error.code, said["type"]) == (429, "usage_limit_reached")
        assert said["resets_at"] > 0


def test_a_scripted_status_is_an_error_of_the_api(server: StandIn) -> None:
    with pytest.raises(urllib.error.HTTPError) as failed:
        ask(server, "/v1/messages", messages=[user("[[status: 429]]")], tools=TOOLS)

    with failed.value as error:
        assert error.code == 429
        assert json.loads(error.read())["error"]["type"] == "rate_limit_error"


def test_requests_are_kept_and_tokens_counted(server: StandIn) -> None:
    ask(server, "/v1/messages?beta=true", messages=[user("hello")])
    counted = json.loads(ask(server, "/v1/messages/count_tokens", messages=[]))

    assert [request["messages"] for request in server.requests] == [[user("hello")]]
    assert counted["input_tokens"] > 0
