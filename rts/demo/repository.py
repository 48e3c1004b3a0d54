"""Builds the demo's throw-away repository: a small shop, its tests, and a few notes about it."""

from pathlib import Path

from rts.adapters.git.command import git

SHOP_PATH = Path(__file__).parent / "shop.txtar"

IDENTITY = (
    ("user.name", "rts demo"),
    ("user.email", "demo@rts.invalid"),
    # What the commander's own configuration may ask for has no place in a throw-away repository.
    ("commit.gpgsign", "false"),
    ("core.hooksPath", ".git/hooks"),
)


def build_repository(root: Path) -> None:
    """Make a repository in `root`, which must not exist yet: the shop, then its knowledge base.

    Raises:
        OutsideFailed: git refused.
    """
    root.mkdir(parents=True)
    git(root, "init", "--quiet", "--template=", "--initial-branch=main")
    for key, value in IDENTITY:
        git(root, "config", key, value)
    for path, text in read_files(SHOP_PATH.read_text(encoding="utf-8")).items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(root, "add", "--all", "--", ":!knowledge_base")
    git(root, "commit", "--quiet", "--message", "Open the shop")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message", "Write down what is known")


def read_files(archive: str) -> dict[str, str]:
    """Return text by path from an archive in which a line `-- path --` begins each file.

    The form is that of Go's txtar; what stands before the first file is a comment.
    """
    text_by_path: dict[str, str] = {}
    path = ""
    for line in archive.splitlines(keepends=True):
        if line.startswith("-- ") and line.endswith(" --\n"):
            path = line[3:-4]
            text_by_path[path] = ""
        elif path:
            text_by_path[path] += line
    return text_by_path
