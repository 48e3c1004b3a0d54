"""What must not stand in a project: one machine's folders, and hosts that not all can reach."""

import re

import pytest

from tests.house.tree import name_of, project_files

HOME_PATH = re.compile(r"(?<![\w.~$}])/(?:(?:home|Users)/(?!ada\b)[a-z]|root/\w)")
"""An absolute path into somebody's home. Ada is invented: she recorded the samples."""

HOST = re.compile(r"registry\.npmjs\.org|files\.pythonhosted\.org|pypi\.org|deb\.debian\.org")
"""A package registry: which one is asked is for the machine to say."""

LOCK_FILES = {"uv.lock"}
"""uv writes the default hosts into its lock file, and a machine's own setting goes before them."""


def text_of(path):
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""  # a sound or a picture


def found(pattern):
    """Return each place where `pattern` stands, as file and words."""
    return [
        (name_of(path), hit.group())
        for path in project_files()
        if path.name not in LOCK_FILES
        for hit in pattern.finditer(text_of(path))
    ]


def test_no_file_names_a_folder_of_one_machine():
    assert found(HOME_PATH) == []


def test_no_file_names_a_package_registry():
    assert found(HOST) == []


@pytest.mark.parametrize("top", ["home", "Users", "root"])
def test_a_folder_in_a_home_is_recognised(top):
    assert HOME_PATH.search(f"see '/{top}/anna/rts'")


def test_the_agent_programs_are_pinned_without_their_hosts():
    locks = [path for path in project_files() if path.name == "package-lock.json"]

    assert locks
    assert [name_of(path) for path in locks if '"resolved"' in path.read_text()] == []
