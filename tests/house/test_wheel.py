"""What travels inside the wheel: an installed rts has all that a checkout has."""

import subprocess
import sys
from zipfile import ZipFile

import pytest

from tests.house.tree import TOP_FOLDER, name_of, project_files


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    argv = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(argv, cwd=TOP_FOLDER, capture_output=True, check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_code_the_sounds_and_the_templates(wheel):
    carried = set(ZipFile(wheel).namelist())
    names = [name_of(path) for path in project_files()]
    wanted = {name for name in names if name.startswith("rts/")}
    wanted |= {f"rts/{name}" for name in names if name.startswith(("sounds/", "templates/"))}

    assert wanted - carried == set()


def test_an_installed_package_finds_its_own_resources(wheel, room):
    ZipFile(wheel).extractall(room / "site")
    code = "from rts import paths; print(*map(paths.resource_folder, ('sounds', 'templates')))"
    argv = [sys.executable, "-c", code]

    done = subprocess.run(
        argv, env={"PYTHONPATH": str(room / "site")}, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == [f"{room}/site/rts/sounds", f"{room}/site/rts/templates"]
