"""What to do about a worker that waits for the commander: one line, with the verb to type."""

from rts.world.dialogs import BY_HAND
from rts.world.evidence import Activity, Judgement, Source
from rts.world.judge import CUT
from rts.world.nouns import Worker


def advise(worker: Worker, judgement: Judgement) -> str:
    """Return what to try next; empty when nothing is to be done."""
    name = worker.name
    has_request = any(piece.kind == "PermissionRequest" for piece in judgement.counted)
    match judgement.activity:
        case Activity.ASKING:
            return f'Answer it: rts answer {name} "TEXT"'
        case Activity.BLOCKED if has_request or _wants_permission(judgement):
            return f"Allow or deny it: rts answer {name} yes (or no)"
        case Activity.BLOCKED if _shows_dialog(judgement):
            return f"Answer the dialog in its pane: rts attach {name}"
        case Activity.BLOCKED:
            return f'When the limit or failure is over: rts tell {name} "go on"'
        case Activity.STALLED:
            return f"Look at it: rts peek {name}; end it without loss: rts pause {name}"
        case Activity.GONE:
            return f"See its last words: rts peek {name}; take it up again: rts resume {name}"
        case Activity.PAUSED:
            return f"Let it go on: rts resume {name}"
        case Activity.NO_SIGNAL:
            return f"Look at it: rts peek {name}"
        case Activity.DONE if judgement.reason == CUT:
            return f'Let it go on: rts tell {name} "go on"'
        case Activity.STARTING | Activity.BUSY | Activity.DONE:
            return ""


def _wants_permission(judgement: Judgement) -> bool:
    return judgement.reason.startswith("wants permission")


def _shows_dialog(judgement: Judgement) -> bool:
    return BY_HAND in judgement.reason or any(
        piece.source is Source.SCREEN and piece.value == "dialog" for piece in judgement.counted
    )
