"""The themes: one look in other colours, each of them readable."""

from dataclasses import fields

import pytest
from textual.color import Color

from rts.settings import THEME_NAMES, Settings
from rts.tui.drawing.theme import ROLES_BY_THEME, THEMES, Roles
from tests.tui.commander import Commander

WORDS_ON_FILLS = (
    *(
        (words, fill)
        for words in ("foreground", "bright", "quiet", "busy", "ready", "lost")
        for fill in ("background", "surface", "panel", "idle_fill")
    ),
    *(("need", fill) for fill in ("background", "surface", "need_unlit")),
    ("need_ink", "need"),
    *((words, f"{fill}_fill") for words in ("foreground", "bright", "quiet")
      for fill in ("busy", "ready", "lost")),
    *((role, f"{role}_fill") for role in ("busy", "ready", "lost")),
    *((words, fill) for words in ("busy", "ready") for fill in ("ready_fill", "lost_fill")),
    *((words, "selection") for words in ("foreground", "bright")),
)  # fmt: skip
"""Every role that words are drawn in, with each fill that they are drawn on."""

LEAST, LEAST_IN_CONTRAST = 4.5, 7.0
"""WCAG 2.2, 1.4.3 and 1.4.6: contrast of words and what is behind them."""

LEAST_OF_FAINT = 3.0
"""What cannot be used now is exempt in 1.4.3; it must be seen all the same."""


def contrast(one, other):
    """Return the contrast of two colours, 1 to 21: WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    """Return how light a colour is, 0 to 1: WCAG 2.2, "relative luminance"."""
    parts = (part / 255 for part in Color.parse(colour).rgb)
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def least(theme):
    return LEAST_IN_CONTRAST if theme == "contrast" else LEAST


def test_contrast_is_reckoned_as_the_guidelines_do():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_words_can_be_read_on_every_fill(theme):
    roles = ROLES_BY_THEME[theme]
    pairs = {
        (words, fill): contrast(getattr(roles, words), getattr(roles, fill))
        for words, fill in WORDS_ON_FILLS
    }

    assert {pair: ratio for pair, ratio in pairs.items() if ratio < least(theme)} == {}
    assert contrast(roles.faint, roles.background) >= LEAST_OF_FAINT


@pytest.mark.parametrize("keys", [(), ("ctrl+p",), ("slash",), ("question_mark",)], ids=str)
@pytest.mark.parametrize("theme", THEME_NAMES)
async def test_what_is_drawn_in_colours_of_the_theme_can_be_read(play, theme, keys):
    settings = Settings(has_reduced_motion=True, theme=theme)
    async with play("trouble", settings=settings) as commander:
        await commander.press(*keys)

        unreadable = [
            (text, words, fill)
            for text, words, fill in drawn(commander)
            if contrast(words, fill) < least(theme)
        ]

    assert unreadable == []


def drawn(commander: Commander):
    """Yield each word on the terminal with its two colours, as far as they are the theme's own.

    Left out: the agent's own colours in its pane, lines and bars, what is faint because it cannot
    be used now, and what lies dimmed below another screen.
    """
    roles = ROLES_BY_THEME[commander.app._settings.theme]
    left_out = {roles.faint, roles.line, roles.line_focus}
    own = {getattr(roles, field.name) for field in fields(Roles)}
    for strip in commander.app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is None or style.color is None or style.bgcolor is None:
                continue
            words, fill = (colour.get_truecolor().hex for colour in (style.color, style.bgcolor))
            is_word = any(character.isalnum() for character in text)
            if is_word and not style.dim and {words, fill} <= own and words not in left_out:
                yield text, words, fill


@pytest.mark.parametrize("theme", THEME_NAMES)
def test_what_needs_the_commander_has_a_colour_of_its_own(theme):
    roles = ROLES_BY_THEME[theme]
    others = {field.name for field in fields(Roles)} - {"need"}

    assert roles.need not in {getattr(roles, name) for name in others}


def test_there_is_a_theme_for_each_name_and_each_knows_the_same_roles():
    assert tuple(THEMES) == THEME_NAMES
    assert len({frozenset(theme.variables) for theme in THEMES.values()}) == 1


async def test_the_theme_of_the_settings_is_worn(play):
    settings = Settings(has_reduced_motion=True, theme="day")
    async with play("skirmish", settings=settings) as commander:
        assert commander.app.theme == "rts-day"


async def test_every_activity_is_told_by_a_sign_or_a_word_in_shades_of_grey(play, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    async with play("trouble") as commander:
        strips = commander.app.screen._compositor.render_strips()
        colours = {
            colour.get_truecolor()
            for strip in strips
            for _, style, _ in strip.apply_filter(commander.app._filters[-1], Color(0, 0, 0))
            if style
            for colour in (style.color, style.bgcolor)
            if colour
        }

        assert commander.app.no_color
        assert all(colour.red == colour.green == colour.blue for colour in colours)
        words = ("asks 1m", "blocked 2m", "gone 9m", "stalled 14m", "no-signal", "ready", "landed")
        assert all(word in commander.sees() for word in words)


async def test_what_was_drawn_beforehand_is_drawn_anew_in_the_other_colours(play):
    async with play("skirmish") as commander:
        await commander.press("ctrl+p", *"theme", "space", *"day", "enter")
        await commander.rest()

        fills = {
            style.bgcolor.get_truecolor().hex
            for strip in commander.app.screen._compositor.render_strips()
            for _, style, _ in strip
            if style and style.bgcolor
        }

    assert fills.isdisjoint({ROLES_BY_THEME["night"].busy_fill, ROLES_BY_THEME["night"].ready_fill})
    assert ROLES_BY_THEME["day"].busy_fill in fills
