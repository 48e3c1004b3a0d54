from pathlib import Path

import pytest

from rts.drill.scenario import (
    Scenario,
    find_scenario,
    find_title,
    make_up_scenario,
    parse_scenario,
)
from rts.drill.steps import Commit, PullRequestStep, Run, Say, Think, Write, fill_in
from rts.errors import RtsError


def test_the_block_in_a_brief_is_the_scenario_even_inside_a_longer_fence():
    text = '# T\n\n````\nwords\n```drill\n[[step]]\ndo = "say"\ntext = "hi"\n```\nmore\n````\n'

    assert find_scenario(text) == Scenario((Say("hi"),))


def test_a_scenario_may_hold_a_fence_when_its_own_is_longer():
    text = '`````drill\n[[step]]\ndo = "say"\ntext = """\n```\ncode\n```"""\n`````\n'

    assert find_scenario(text) == Scenario((Say("```\ncode\n```"),))


def test_a_brief_without_a_block_has_no_scenario():
    assert find_scenario("# T\n\n```python\nx\n```\n") is None


def test_whole_numbers_do_for_seconds():
    parsed = parse_scenario('repeat = 60\n[[step]]\ndo = "think"\nseconds = 2')

    assert parsed == Scenario((Think(2.0),), repeat_per_minute=60.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("[[step]", "is no TOML", id="no TOML"),
        pytest.param("steps = 1", "unknown key “steps”", id="an unknown key"),
        pytest.param("step = 1", "“step” must be a list of tables", id="no list"),
        pytest.param('[[step]]\nsay = "x"', "step 1 says do = None", id="no verb"),
        pytest.param('[[on_tell]]\ndo = "sing"', "on_tell 1 says do = 'sing'", id="no such verb"),
        pytest.param('[[step]]\ndo = "run"', "step 1 (run) lacks command", id="a field missing"),
        pytest.param(
            '[[step]]\ndo = "say"\ntext = "x"\nloud = true',
            "step 1 (say) has an unknown field “loud”",
            id="a field too many",
        ),
        pytest.param(
            '[[step]]\ndo = "say"\ntext = 1', "step 1 (say): text must be str", id="a wrong type"
        ),
        pytest.param(
            '[[step]]\ndo = "think"\nseconds = -1', "must not be negative", id="a negative time"
        ),
    ],
)
def test_a_wrong_scenario_is_refused_with_the_place(text: str, words: str):
    with pytest.raises(RtsError) as refused:
        parse_scenario(text)

    assert words in refused.value.what
    assert refused.value.hint


def test_an_answer_is_filled_in_and_other_braces_stay():
    step = Write("{answer}.py", "{'a': 1, 'said': '{answer}'}")

    assert fill_in(step, {"answer": "80"}) == Write("80.py", "{'a': 1, 'said': '80'}")


def test_without_a_scenario_it_writes_tests_commits_and_hands_in(tmp_path: Path):
    (tmp_path / ".rts.toml").write_text('test = "make check"\n')

    made_up = make_up_scenario("# Mend the door\n", tmp_path, "0123456789")

    kinds = [type(step) for step in made_up.steps]
    assert kinds.index(Write) < kinds.index(Commit) < kinds.index(PullRequestStep)
    assert Run("make check") in made_up.steps
    assert any(step.path == "drill/mend-the-door-01234567.md" for step in _writes(made_up))
    assert any("{answer}" in step.text for step in _writes(Scenario(made_up.on_tell)))


def test_without_a_test_command_none_is_run_and_the_pull_request_says_so(tmp_path: Path):
    made_up = make_up_scenario("# Mend the door\n", tmp_path, "0123456789")

    handed_in = next(step for step in made_up.steps if isinstance(step, PullRequestStep))
    assert "no test command" in handed_in.tests


@pytest.mark.parametrize(
    ("text", "title"),
    [
        pytest.param("intro\n\n## Mend it\n", "Mend it", id="a heading"),
        pytest.param("\nMend it\nnow", "Mend it", id="a first line"),
        pytest.param("", "A drill", id="nothing"),
    ],
)
def test_a_title_is_found(text: str, title: str):
    assert find_title(text) == title


def _writes(scenario: Scenario) -> list[Write]:
    return [step for step in scenario.steps if isinstance(step, Write)]
