"""The colours and their roles. Five: grey, blue for calm work, amber for "needs you", green, rose.

The one file of the screen with colours in hex; styles name the roles (`$need`, `$ready`, …).
"""

from textual.theme import Theme

NIGHT = Theme(
    name="rts-night",
    dark=True,
    background="#0d1117",
    surface="#12181f",
    panel="#1a222b",
    foreground="#c3ccd6",
    primary="#7aa7d2",
    secondary="#5d7f9f",
    accent="#f2b457",
    success="#8cbf88",
    warning="#8b97a5",
    error="#cf7f84",
    text_alpha=1.0,
    variables={
        "line": "#2a333d",
        "line-focus": "#56718c",
        "bright": "#f1f5f9",
        "quiet": "#7d8996",
        "faint": "#4b5764",
        "need": "#f2b457",
        "need-ink": "#1d1403",
        "need-unlit": "#4a3614",
        "busy": "#7aa7d2",
        "busy-fill": "#16283a",
        "ready": "#8cbf88",
        "ready-fill": "#172a1c",
        "idle-fill": "#1b222b",
        "lost": "#cf7f84",
        "lost-fill": "#2b1a1d",
        "input-cursor-background": "#f1f5f9",
        "input-selection-background": "#2d4a66",
    },
)
"""Dark and calm; amber appears nowhere but on what needs the commander."""
