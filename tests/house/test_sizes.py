"""The shape of the code: what has grown too large is to be cut where a name appears."""

import ast

import pytest

from tests.house.tree import PYTHON_FILES, functions, name_of

MODULE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60


@pytest.mark.parametrize("path", PYTHON_FILES, ids=name_of)
def test_a_module_is_short_and_says_what_it_is_for(path):
    text = path.read_text()

    assert len(text.splitlines()) <= MODULE_LINES_MAX
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize("path", PYTHON_FILES, ids=name_of)
def test_no_function_is_longer_than_a_screen(path):
    long = [f.name for f in functions(path) if (f.end_lineno or 0) - f.lineno > FUNCTION_LINES_MAX]

    assert long == []
