"""The hooks of a Claude-shaped settings file: which commands run at which event.

Source of the shapes: Claude Code's hooks (`hooks.EVENT[].hooks[].command`), seen with 2.1.329.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rts.errors import RtsError

TIMEOUT_S = 60.0
"""How long a hook may run when the settings do not say: Claude Code's own default."""


@dataclass(frozen=True)
class Hook:
    """One command at one event."""

    event_name: str
    command: str
    matcher: str = ""
    """A pattern for the tool's name; empty or `*`: every tool."""
    timeout_s: float = TIMEOUT_S

    def fits(self, event_name: str, tool_name: str) -> bool:
        """Tell whether the hook is to run at this event of this tool (empty: of no tool)."""
        if event_name != self.event_name:
            return False
        any_tool = self.matcher in ("", "*") or not tool_name
        return any_tool or re.fullmatch(self.matcher, tool_name) is not None


def read_hooks(settings_path: Path) -> tuple[Hook, ...]:
    """Return the hooks of a settings file, in its order.

    Raises:
        RtsError: the file cannot be read or is no such settings.
    """
    try:
        settings = json.loads(settings_path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RtsError(
            f"The settings {settings_path} cannot be read: {error}.",
            "Give a JSON file with hooks, as for Claude Code: --settings FILE",
        ) from error
    try:
        return tuple(
            Hook(
                event_name,
                str(entry["command"]),
                str(group.get("matcher", "")),
                float(entry.get("timeout", TIMEOUT_S)),
            )
            for event_name, groups in settings.get("hooks", {}).items()
            for group in groups
            for entry in group["hooks"]
            if entry.get("type") == "command"
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RtsError(
            f"The hooks in {settings_path} have another shape than Claude Code's.",
            'It is: {"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "…"}]}]}}',
        ) from error


def read_decision(output: str) -> bool | None:
    """Return what a PermissionRequest hook decided: True to allow, False to deny, None for nothing.

    Anything but Claude Code's decision JSON is no decision.
    """
    try:
        answer: Any = json.loads(output)
        behavior = answer["hookSpecificOutput"]["decision"]["behavior"]
    except (ValueError, KeyError, TypeError):
        return None
    return {"allow": True, "deny": False}.get(behavior)
