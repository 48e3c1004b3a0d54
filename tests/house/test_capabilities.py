"""`knowledge_base/capabilities.md` names every verb, key and setting, each with its proof."""

import ast
import re
from dataclasses import fields

import pytest
import typer.main

from rts.cli.main import app
from rts.settings import Settings
from rts.tui import keymap
from tests.house.tree import TOP_FOLDER

PAGE = (TOP_FOLDER / "knowledge_base/capabilities.md").read_text()
ROW = re.compile(r"^\| `(?P<name>.+?)` \|(?P<words>[^|]+)\|(?P<proofs>[^|]+)\|$", re.MULTILINE)
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(heading):
    """Return the names and proofs of the table under `heading`."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return {row["name"]: PROOF.findall(row["proofs"]) for row in ROW.finditer(section)}


def verbs():
    """Return every verb of the command line, as it is typed."""

    def below(command, words):
        inner = getattr(command, "commands", None)
        if inner is None:
            return {" ".join(words)}
        return {verb for name in inner for verb in below(inner[name], [*words, name])}

    return below(typer.main.get_command(app), ["rts"])


def keys():
    """Return every row of every key table, by its table and its name on the help screen."""
    tables = {name: rows for name, rows in vars(keymap).items() if name.endswith("_KEYS")}
    return {
        f"{table.removesuffix('_KEYS').lower()}: {key.name}"
        for table, table_rows in tables.items()
        for key in table_rows
    }


def settings():
    """Return every setting as it is written in settings.toml."""
    plain = {field.name for field in fields(Settings)} - {"generic"}
    return plain | {"agents.generic.argv"}


@pytest.mark.parametrize(
    ("heading", "declared"),
    [("Verbs", verbs()), ("Keys", keys()), ("Settings", settings())],
    ids=["verbs", "keys", "settings"],
)
def test_what_is_declared_is_listed_and_nothing_else(heading, declared):
    assert set(rows(heading)) == declared


@pytest.mark.parametrize("heading", ["Verbs", "Keys", "Settings"])
def test_each_row_names_a_test_that_exists(heading):
    broken = {
        name: proofs
        for name, proofs in rows(heading).items()
        if not proofs or not all(_exists(path, test) for path, test in proofs)
    }

    assert broken == {}


def test_every_test_that_the_page_names_exists():
    assert [proof for proof in PROOF.findall(PAGE) if not _exists(*proof)] == []


def _exists(path, test):
    file = TOP_FOLDER / path
    if not file.is_file():
        return False
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    body = ast.parse(file.read_text()).body
    return any(isinstance(node, kinds) and node.name == test for node in body)
