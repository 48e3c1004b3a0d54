"""What a drill agent can be told to do: one frozen class per step, read from tables."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, get_args

from rts.errors import RtsError


@dataclass(frozen=True)
class Say:
    """Say something; the last thing said is the turn's last message."""

    text: str


@dataclass(frozen=True)
class Think:
    """Do nothing for a while."""

    seconds: float


@dataclass(frozen=True)
class Read:
    """Read a file."""

    path: str


@dataclass(frozen=True)
class Edit:
    """Replace the first `old` in a file by `new`; without an `old` in it the call fails."""

    path: str
    old: str
    new: str


@dataclass(frozen=True)
class Write:
    """Write a whole file."""

    path: str
    text: str


@dataclass(frozen=True)
class Run:
    """Run a shell command; any exit code but 0 is a failed tool call, and the play goes on."""

    command: str


@dataclass(frozen=True)
class Ask:
    """End the turn with a question; the next message is its answer, `{answer}` in later steps."""

    question: str


@dataclass(frozen=True)
class Permission:
    """Ask for permission, then run the command; when it is denied, say so and go on."""

    command: str


@dataclass(frozen=True)
class Commit:
    """Commit what was changed."""

    message: str


@dataclass(frozen=True)
class PullRequestStep:
    """Hand in a pull request: write the file that `$RTS_PULL_REQUEST` names."""

    title: str
    summary: str
    assumptions: str = "None."
    tests: str = "{tests}"
    """`{tests}` stands for the last command that was run, with the last words of its output."""
    lessons: str = "Nothing yet."


@dataclass(frozen=True)
class Fail:
    """Say why and end the whole program, as a crash would: no hook tells of it."""

    text: str
    exit_code: int = 1


Step = Say | Think | Read | Edit | Write | Run | Ask | Permission | Commit | PullRequestStep | Fail

STEP_BY_VERB: dict[str, type[Step]] = {
    ("pull_request" if step is PullRequestStep else step.__name__.lower()): step
    for step in get_args(Step)
}
"""The word after `do =` in a scenario, and what it makes."""

HINT = 'A step is a table such as: [[step]] do = "run" command = "ls"'


def parse_step(table: Mapping[str, Any], place: str) -> Step:
    """Return the step that a TOML table describes; `place` names it in errors (`step 3`).

    Raises:
        RtsError: the verb is unknown, or a field is missing, unknown or of another type.
    """
    verb = table.get("do")
    if not isinstance(verb, str) or verb not in STEP_BY_VERB:
        raise RtsError(
            f"In the scenario, {place} says do = {verb!r}, which is no step.",
            f"Steps are: {', '.join(STEP_BY_VERB)}.",
        )
    place = f"{place} ({verb})"
    step_class = STEP_BY_VERB[verb]
    given = {key: value for key, value in table.items() if key != "do"}
    known = {field.name: field for field in fields(step_class)}
    if unknown := sorted(given.keys() - known.keys()):
        raise RtsError(
            f"In the scenario, {place} has an unknown field “{unknown[0]}”.",
            f"It has: {', '.join(known)}.",
        )
    values = {
        key: check_value(value, known[key].type, f"{place}: {key}") for key, value in given.items()
    }
    try:
        return step_class(**values)
    except TypeError as missing:
        wanted = [name for name in known if f"'{name}'" in str(missing)]
        raise RtsError(f"In the scenario, {place} lacks {', '.join(wanted)}.", HINT) from missing


def check_value(value: Any, wanted: Any, place: str) -> Any:
    """Return `value` when it is of type `wanted`; a whole number is also a float.

    Raises:
        RtsError: it is of another type, or a negative number.
    """
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise RtsError(
            f"In the scenario, {place} must be {wanted.__name__}, not {type(value).__name__}.", HINT
        )
    if isinstance(value, int | float) and value < 0:
        raise RtsError(f"In the scenario, {place} must not be negative.", HINT)
    return value


def fill_in(step: Step, word_by_name: Mapping[str, str]) -> Step:
    """Return the step with each `{name}` in its texts replaced; other braces stay as they are."""
    texts: dict[str, Any] = {
        field.name: value
        for field in fields(step)
        if isinstance(value := getattr(step, field.name), str)
    }
    for name, word in word_by_name.items():
        texts = {key: text.replace("{" + name + "}", word) for key, text in texts.items()}
    return replace(step, **texts)
