"""The colours and their roles: the one file of the screen with colours in hex.

Styles name the roles (`$need`, `$ready`, …), so every theme is the same look in other colours. Five
are seen at once: grey, calm work, "needs you", ready, lost. No role says anything that a sign or a
word does not say as well.
"""

from dataclasses import dataclass, fields

from textual.theme import Theme

from rts.settings import THEME_NAMES


@dataclass(frozen=True)
class Roles:
    """The colours of one theme, by what they are for."""

    background: str
    surface: str
    """Bars that lie on the background."""
    panel: str
    """What lies over the screen: toasts, the marked line of a list."""
    foreground: str
    bright: str
    """Words that matter."""
    quiet: str
    """Words that explain."""
    faint: str
    """What cannot be used now."""
    line: str
    line_focus: str
    """A frame that has the focus; what is selected."""
    need: str
    """Needs the commander; nothing else has this colour."""
    need_ink: str
    """Words on `need`."""
    need_unlit: str
    """The dark half of the pulse; the words on it are in `need`."""
    busy: str
    busy_fill: str
    ready: str
    ready_fill: str
    idle_fill: str
    lost: str
    lost_fill: str
    selection: str
    """Behind text that is marked in an input."""


ROLES_BY_THEME = {
    "night": Roles(
        background="#0d1117",
        surface="#12181f",
        panel="#1a222b",
        foreground="#c3ccd6",
        bright="#f1f5f9",
        quiet="#8490a0",
        faint="#596675",
        line="#2a333d",
        line_focus="#56718c",
        need="#f2b457",
        need_ink="#1d1403",
        need_unlit="#4a3614",
        busy="#7aa7d2",
        busy_fill="#16283a",
        ready="#8cbf88",
        ready_fill="#172a1c",
        idle_fill="#1b222b",
        lost="#cf7f84",
        lost_fill="#2b1a1d",
        selection="#2d4a66",
    ),
    "day": Roles(
        background="#fbfaf7",
        surface="#f2f0eb",
        panel="#ebe8e1",
        foreground="#363c44",
        bright="#0d1117",
        quiet="#5d646d",
        faint="#8b9199",
        line="#d5d1c8",
        line_focus="#7d93a8",
        need="#a55400",
        need_ink="#fff9ee",
        need_unlit="#fff3da",
        busy="#245e94",
        busy_fill="#e0ebf5",
        ready="#2a6b35",
        ready_fill="#e0f0df",
        idle_fill="#edebe5",
        lost="#a2333b",
        lost_fill="#f9e4e3",
        selection="#c4d9ee",
    ),
    "contrast": Roles(
        background="#000000",
        surface="#000000",
        panel="#1c1c1c",
        foreground="#f2f2f2",
        bright="#ffffff",
        quiet="#c4c4c4",
        faint="#9a9a9a",
        line="#7a7a7a",
        line_focus="#ffffff",
        need="#ffd24d",
        need_ink="#000000",
        need_unlit="#332600",
        busy="#9fd0ff",
        busy_fill="#06203a",
        ready="#8ef08a",
        ready_fill="#052a0a",
        idle_fill="#1c1c1c",
        lost="#ffaab0",
        lost_fill="#3a0509",
        selection="#004a94",
    ),
    # Colours that differ for every eye: Okabe and Ito, "Color Universal Design" (2008),
    # jfly.uni-koeln.de/color: orange e69f00, sky blue 56b4e9, bluish green 009e73, reddish purple
    # cc79a7. The green is a little lighter where it is written small on its own fill.
    "colour-blind": Roles(
        background="#0d1117",
        surface="#12181f",
        panel="#1a222b",
        foreground="#cdd3da",
        bright="#ffffff",
        quiet="#8c96a2",
        faint="#596675",
        line="#2f3740",
        line_focus="#5f7183",
        need="#e69f00",
        need_ink="#161000",
        need_unlit="#3f2c00",
        busy="#56b4e9",
        busy_fill="#0f2a3d",
        ready="#00b383",
        ready_fill="#04251c",
        idle_fill="#1c222a",
        lost="#cc79a7",
        lost_fill="#2d1724",
        selection="#0b4a75",
    ),
}
"""Every theme as data. `contrast` keeps 7:1 for words on their fill, the others 4.5:1 (WCAG 2.2,
1.4.6 and 1.4.3); what cannot be used now may be fainter, as 1.4.3 allows."""


def _make_theme(name: str, roles: Roles) -> Theme:
    """Return the theme as Textual wants it; roles that it has no name for become variables."""
    variables = {
        field.name.replace("_", "-"): getattr(roles, field.name)
        for field in fields(roles)
        if field.name not in {"background", "surface", "panel", "foreground", "selection"}
    }
    return Theme(
        name=f"rts-{name}",
        dark=name != "day",
        background=roles.background,
        surface=roles.surface,
        panel=roles.panel,
        foreground=roles.foreground,
        primary=roles.busy,
        secondary=roles.line_focus,
        accent=roles.need,
        success=roles.ready,
        warning=roles.quiet,
        error=roles.lost,
        text_alpha=1.0,
        variables={
            **variables,
            "input-cursor-background": roles.bright,
            "input-cursor-foreground": roles.background,
            "input-selection-background": roles.selection,
        },
    )


THEMES = {name: _make_theme(name, ROLES_BY_THEME[name]) for name in THEME_NAMES}
"""The themes as Textual knows them, by the name that the settings use."""

NIGHT = THEMES["night"]
"""Dark and calm; amber appears nowhere but on what needs the commander."""
