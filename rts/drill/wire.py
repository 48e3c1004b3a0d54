"""Fires the hooks: what the drill agent tells the world, in the payloads of Claude Code."""

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rts.drill.child import Child
from rts.drill.hooks import Hook, read_decision
from rts.drill.paint import BOLD, DIM, paint
from rts.drill.terminal import PUMP_S, Terminal


class HookWire:
    """The hooks of one session, and the facts that every payload carries."""

    def __init__(
        self, hooks: Sequence[Hook], terminal: Terminal, session_id: str, folder: Path
    ) -> None:
        self._hooks = hooks
        self._terminal = terminal
        self._session_id = session_id
        self._folder = folder
        self.prompt_id = ""
        """Which message the present turn answers."""

    def fire(self, event_name: str, **facts: Any) -> None:
        """Run the hooks of an event one after the other; what they print is for nobody."""
        payload = self._payload(event_name, facts)
        for hook in self._hooks:
            if not hook.fits(event_name, str(facts.get("tool_name", ""))):
                continue
            child = self._start(hook, payload)
            if not self._terminal.await_child(child, hook.timeout_s) or child.exit_code:
                self._terminal.print(paint(f"  {event_name} hook failed", DIM))

    def ask_permission(self, tool: str, tool_input: dict[str, Any], target: str) -> bool:
        """Ask by hook and on the pane at once; whichever answers first wins.

        Raises:
            TurnCut: Esc was pressed.
        """
        facts = {"tool_name": tool, "tool_input": tool_input, "permission_suggestions": []}
        payload = self._payload("PermissionRequest", facts)
        self._terminal.print()
        self._terminal.print(paint(f"  May I run this?  {target}", BOLD))
        self._terminal.show_rest("? y allows · n denies")
        self._terminal.start_choice()
        hooks = [hook for hook in self._hooks if hook.fits("PermissionRequest", tool)]
        hook_by_child = {self._start(hook, payload): hook for hook in hooks}
        try:
            return self._await_decision(hook_by_child)
        finally:
            self._terminal.end_choice()
            for child in hook_by_child:
                child.stop()

    def _await_decision(self, hook_by_child: dict[Child, Hook]) -> bool:
        started_at = time.monotonic()
        waiting = dict(hook_by_child)
        while True:
            choice = self._terminal.read_choice()
            for child, hook in list(waiting.items()):
                if child.has_ended():
                    del waiting[child]
                    choice = read_decision(child.output) if choice is None else choice
                elif time.monotonic() - started_at > hook.timeout_s:
                    del waiting[child]
                    child.stop()
            if choice is not None:
                return choice
            if not waiting and self._terminal.has_input_ended:
                return False  # nobody is left who could allow it
            self._terminal.pump(PUMP_S)
            self._terminal.check_cut()

    def _start(self, hook: Hook, payload: str) -> Child:
        return Child(hook.command, self._folder, payload, keeps_errors=False)

    def _payload(self, event_name: str, facts: dict[str, Any]) -> str:
        common = {
            "session_id": self._session_id,
            "transcript_path": "",
            "cwd": str(self._folder),
            "prompt_id": self.prompt_id,
            "permission_mode": "default",
            "hook_event_name": event_name,
        }
        return json.dumps({**common, **facts}) + "\n"
