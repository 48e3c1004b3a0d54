"""What an agent waits for in a dialog: keys typed into one are answers, not words."""

import json

from rts.world.evidence import Activity, Evidence, Judgement, Source

BY_HAND = "attach and answer"
"""The end of every reason that names a dialog which only the commander may answer, in its pane."""

_SHOWN_BY = (Source.LEVEL, Source.SCREEN, Source.TITLE)
_DIALOG_VALUES = frozenset({"permission", "question", "dialog"})


def find_request(judgement: Judgement) -> Evidence | None:
    """Return what names the permission or question that is open now, if anything does.

    A level that names it is right even where several requests wait; a hook tells of the last one.
    """
    named = (
        piece
        for piece in judgement.counted
        if piece.source is Source.LEVEL and json.loads(piece.detail).get("request")
    )
    hook = (piece for piece in judgement.counted if piece.kind == "PermissionRequest")
    return next(named, None) or next(hook, None)


def name_need(judgement: Judgement) -> str:
    """Return what tells one open dialog from the next, as the commander sees it; empty: none is.

    A request keeps its name whoever tells of it; another dialog is known by its kind and words.
    """
    dialog = find_dialog(judgement)
    if dialog is None:
        return ""
    request = json.loads(dialog.detail).get("request")
    return f"request {request}" if request else f"{judgement.activity}: {judgement.reason}"


def find_dialog(judgement: Judgement) -> Evidence | None:
    """Return what tells of an open dialog (permission, list of choices, trust, login), if any is.

    A question at the end of a turn is no dialog: the agent's prompt is open below it.
    """
    if judgement.activity not in (Activity.ASKING, Activity.BLOCKED):
        return None
    shown = (e for e in judgement.counted if e.source in _SHOWN_BY and e.value in _DIALOG_VALUES)
    return find_request(judgement) or next(shown, None)


def wants_permission(judgement: Judgement) -> bool:
    """Tell whether yes and no are answers: trust and login dialogs ask for something else."""
    dialog = find_dialog(judgement)
    if dialog is None or judgement.activity is not Activity.BLOCKED:
        return False
    says_so = json.loads(dialog.detail).get("is_dialog") or BY_HAND in judgement.reason
    is_by_hand = dialog.value == "dialog" or says_so
    return not is_by_hand
