"""The project's own files, as its house tests read them."""

import ast
import subprocess
from pathlib import Path

TOP_FOLDER = Path(__file__).parent.parent.parent
PYTHON_FILES = tuple(sorted((TOP_FOLDER / "rts").rglob("*.py")))


def project_files() -> tuple[Path, ...]:
    """Return every file that git keeps or would keep, as paths that exist."""
    # A checkout may belong to another uid than the tests: git(1) then asks for this setting.
    argv = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    done = subprocess.run(argv, cwd=TOP_FOLDER, capture_output=True, text=True, check=True)
    paths = (TOP_FOLDER / name for name in done.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file())


def name_of(path: Path) -> str:
    """Return `path` as a reader of the project writes it."""
    return path.relative_to(TOP_FOLDER).as_posix()


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a Python file, methods and inner ones included."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds)]
