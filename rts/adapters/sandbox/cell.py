"""What one worker's sandbox is drawn around."""

from dataclasses import dataclass, field
from pathlib import Path

from rts.adapters.agents.program import Places


@dataclass(frozen=True)
class Cell:
    """What one worker's sandbox is made of; every path is absolute."""

    worktree: Path
    git_folder: Path
    """The repository's common git folder."""
    branch: str
    """`rts/<call-sign>/<slug>`: all branches below `rts/<call-sign>` are the worker's own."""
    run_folder: Path
    inbox: Path
    """The worker's own folder of the inbox."""
    state_folder: Path
    """`$RTS_HOME`: nothing of it is seen but the run folder and the inbox."""
    home: Path
    """The commander's HOME."""
    places: Places = field(default_factory=Places)
    readable: tuple[Path, ...] = ()
    """What must be seen although it lies below /tmp or /run, or in the state folder."""

    @property
    def refs_folder(self) -> Path:
        """Where the worker's own branches lie, relative to the git folder and to its `logs`."""
        top, call_sign, _slug = self.branch.split("/", 2)
        return Path("refs", "heads", top, call_sign)

    @property
    def own_git_folder(self) -> Path:
        """`worktrees/<name>` of the git folder, which git may have given another number."""
        pointer = (self.worktree / ".git").read_text().removeprefix("gitdir:").strip()
        return (self.worktree / pointer).resolve()

    @property
    def nothing(self) -> Path:
        """An empty file, shown in the place of secret files."""
        return self.run_folder / "nothing"
