"""What Codex needs of the commander's HOME inside the sandbox: a folder of the worker's own.

Inside, `$CODEX_HOME` is a folder in the run folder, under the same path as outside, so that what
its hooks say of its rollout is true outside, too. It holds a copy of the commander's settings, and
links to the rest of what he has: they lead into his HOME, which is read-only. Databases, history
and conversations are the worker's own. Of his folder only the login is writable: Codex refreshes
its token in place, without renaming the file.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

from rts.adapters.agents.codex.folders import codex_home, own_home, read_config
from rts.adapters.agents.codex.rollout import find_conversation
from rts.adapters.agents.program import Launch, Places

CONFIG = "config.toml"

LINKED = ("auth.json", "AGENTS.md", "AGENTS.override.md", "hooks.json", "managed_config.toml")
"""Files of the commander's own that Codex finds in its folder: to read, but for the login."""

LINKED_FOLDERS = ("prompts", "rules", "skills", "plugins", "agents", "themes")
"""Folders of which it finds the entries in its own: it puts more of them beside those. What begins
with a dot it has made itself, and makes again."""


def find_places(launch: Launch) -> Places:
    """Return what Codex must write; makes the folder, the copy and the links that this names."""
    home, own = codex_home(), own_home(launch)
    if own.is_symlink() or own.is_file():  # an earlier agent put it in the place of its folder
        own.unlink()
    own.mkdir(parents=True, exist_ok=True)
    _copy_settings(home, own, launch)
    for name in LINKED:
        _link(home / name, own / name)
    for name in LINKED_FOLDERS:
        _link_entries(home / name, own / name)
    return Places(
        writable=(home / "auth.json",),
        environment={"CODEX_HOME": str(own)},
        keeps=("OPENAI_*", "CODEX_*", *_key_names(home / CONFIG)),
    )


def bring_conversation(launch: Launch) -> None:
    """Copy a conversation to where a resumed Codex looks for it, if it began in the other folder.

    A conversation moves with its one file; the databases beside it are made anew.
    """
    target_home = own_home(launch) if launch.skips_permissions else codex_home()
    rollout = find_conversation(launch)
    if rollout is None or rollout.is_relative_to(target_home) or rollout.is_symlink():
        return
    target = target_home.joinpath(*rollout.parts[-5:])
    # An earlier agent may have put a link into its own folder, to have the copy made elsewhere.
    inside = launch.run_folder if launch.skips_permissions else target_home
    if target.parent.resolve().is_relative_to(inside.resolve()):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # a link there would be followed
        shutil.copyfile(rollout, target, follow_symlinks=False)


def _copy_settings(home: Path, own: Path, launch: Launch) -> None:
    """Copy the commander's settings; a resumed worker has its own, with what was answered.

    Codex remembers by their place which hooks the commander trusts: that is another one here.
    """
    copy = own / CONFIG
    if launch.is_resumed and copy.exists():
        return
    if copy.is_dir() and not copy.is_symlink():
        shutil.rmtree(copy)
    copy.unlink(missing_ok=True)
    try:
        words = (home / CONFIG).read_text()
    except OSError:
        return
    for name in (CONFIG, "hooks.json"):
        words = words.replace(f'"{home / name}:', f'"{own / name}:')
    copy.touch(mode=0o600)
    copy.write_text(words)


def _link(target: Path, link: Path) -> None:
    if link.is_symlink() or not target.exists() or link.exists():
        return
    link.symlink_to(target)


def _link_entries(folder: Path, own: Path) -> None:
    if own.is_symlink() or not folder.is_dir():
        return
    own.mkdir(exist_ok=True)
    for entry in folder.iterdir():
        if not entry.name.startswith("."):
            _link(entry, own / entry.name)


def _key_names(config: Path) -> Iterator[str]:
    """Give the variables in which the commander's own settings say that providers' keys are.

    What a repository ships is not asked: it could name any other secret.
    """
    providers = (read_config(config) or {}).get("model_providers")
    for provider in providers.values() if isinstance(providers, dict) else ():
        name = provider.get("env_key") if isinstance(provider, dict) else None
        if isinstance(name, str) and name.isidentifier():
            yield name
