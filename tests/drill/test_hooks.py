import json
from pathlib import Path

import pytest

from rts.drill.hooks import Hook, read_decision, read_hooks
from rts.errors import RtsError


def test_hooks_are_read_in_claude_codes_shape(tmp_path: Path):
    path = tmp_path / "settings.json"
    entry = {"type": "command", "command": "cat", "timeout": 5}
    path.write_text(json.dumps({"hooks": {"Stop": [{"matcher": "", "hooks": [entry]}]}}))

    assert read_hooks(path) == (Hook("Stop", "cat", "", 5.0),)


@pytest.mark.parametrize("text", ["{", '{"hooks": {"Stop": [{}]}}', '{"hooks": {"Stop": 1}}', "[]"])
def test_settings_of_another_shape_are_refused(tmp_path: Path, text: str):
    path = tmp_path / "settings.json"
    path.write_text(text)

    with pytest.raises(RtsError, match="settings"):
        read_hooks(path)


def test_a_matcher_chooses_the_tool():
    hook = Hook("PreToolUse", "cat", "Edit|Write")

    assert hook.fits("PreToolUse", "Write")
    assert not hook.fits("PreToolUse", "Bash")
    assert not hook.fits("PostToolUse", "Write")


@pytest.mark.parametrize(
    ("output", "decision"),
    [
        ('{"hookSpecificOutput": {"decision": {"behavior": "allow"}}}', True),
        ('{"hookSpecificOutput": {"decision": {"behavior": "deny", "message": "no"}}}', False),
        ('{"hookSpecificOutput": {"decision": {"behavior": "ask"}}}', None),
        ("", None),
        ("[1]", None),
        ("yes", None),
    ],
)
def test_only_a_decision_decides(output: str, decision: bool | None):
    assert read_decision(output) is decision
