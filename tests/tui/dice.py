"""Steps before the screen, by the fall of dice: keys, clicks, resizes, changes of the world."""

from random import Random
from typing import Any

from rts.tui.keymap import key_tables
from rts.world.evidence import Activity

GRACE_S = 2.0
TABLE_KEYS = frozenset(key for rows in key_tables().values() for row in rows for key in row.keys)
ALL_KEYS = sorted(TABLE_KEYS | {"ctrl+q", "ctrl+c", "shift+tab", "backspace", "ctrl+n", "delete"})
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;!?/*+-=[]()<>"
COMMON = ("enter", "escape", "y", "y", "m", "x", "P", "u", "space", "tab", "left", "right", "down")
PASTES = ("one line", "two\nlines\n", "[red]no markup[/red] [/] [", "ünï © 漢字 \x1b[31m", "", "y")
SIZES = ((20, 5), (59, 11), (60, 12), (80, 24), (99, 30), (120, 36), (171, 40), (250, 70))

Step = tuple[Any, ...]
"""What is done, and with what: `("key", "x")`, `("burst", "x", "y")`, `("resize", 80, 24)`."""

FLOWS = (
    "escape x y",
    "escape m y",
    "escape P y",
    "escape escape escape x y",
    "asterisk x y",
    "L L m y",
    "J H P y",
    "space m y",
    "d m y",
    "d c a enter s",
    "d 2 m n",
    "i h y x m",
    "i ctrl+q x y",
    "ctrl+p m e r g e enter y",
    "colon d i s m enter y",
    "slash f a enter",
    "escape R left left",
    "S tab R",
    "t o k enter",
    "n o k enter",
    "x u y",
    "x y R",
    "m y enter",
    "P y u",
)
"""Keys that go somewhere: dice alone rarely come to a yes."""


def roll_steps(dice: Random, count: int) -> list[Step]:
    """Return `count` steps; most are keys. Too small a screen soon gets room again."""
    steps: list[Step] = []
    while len(steps) < count:
        if dice.random() < 0.12:
            steps += [("key", key) for key in dice.choice(FLOWS).split()]
            continue
        step = _roll_step(dice)
        steps.append(step)
        if step in (("resize", 20, 5), ("resize", 59, 11)):
            steps += [*(("key", _roll_key(dice)) for _ in range(4)), ("resize", 100, 30)]
    return steps[:count]


def _roll_step(dice: Random) -> Step:
    kind = dice.choices(
        ("key", "burst", "click", "drag", "wheel", "resize", "paste", "world", "wait"),
        (70, 8, 6, 3, 2, 2, 2, 4, 3),
    )[0]
    x, y, other_x, other_y = (dice.random() for _ in range(4))
    match kind:
        case "key":
            return ("key", _roll_key(dice))
        case "burst":
            return ("burst", *(_roll_key(dice) for _ in range(dice.randint(2, 6))))
        case "click":
            return ("click", x, y, dice.choice((1, 1, 3)), dice.random() < 0.2)
        case "drag":
            return ("drag", x, y, other_x, other_y)
        case "wheel":
            return ("wheel", x, y, dice.random() < 0.5)
        case "resize":
            return ("resize", *dice.choice(SIZES))
        case "paste":
            return ("paste", dice.choice(PASTES))
        case "world":
            return ("world", dice.randrange(1_000), dice.choice(("leave", "refuse", *Activity)))
        case _:
            return ("wait", dice.choice((0.5, GRACE_S + 0.1, 400.0)))


def _roll_key(dice: Random) -> str:
    pick = dice.random()
    if pick < 0.3:
        return dice.choice(COMMON)
    return dice.choice(ALL_KEYS) if pick < 0.8 else dice.choice(LETTERS)
