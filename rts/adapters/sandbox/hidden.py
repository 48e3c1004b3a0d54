"""What an agent in the sandbox is not to see: files, sockets and variables that hold secrets."""

from collections.abc import Iterator
from pathlib import Path

SECRETS = (
    # keys and password stores
    ".ssh", ".gnupg", ".pki", ".password-store", ".1password", ".vault-token", ".age",
    ".local/share/keyrings", ".local/share/kwalletd", ".local/share/gopass", ".config/1Password",
    ".config/op", ".config/Bitwarden", ".config/Bitwarden CLI", ".config/keepassxc", ".config/age",
    ".config/sops", ".bitcoin", ".ethereum", ".electrum", ".Xauthority", ".ICEauthority",
    # clouds, clusters and forges
    ".aws", ".azure", ".boto", ".s3cfg", ".oci", ".fly", ".vercel", ".netlify", ".kube", ".docker",
    ".databrickscfg", ".snowflake", ".terraformrc", ".terraform.d/credentials.tfrc.json",
    ".config/gcloud", ".config/gh", ".config/glab-cli", ".config/hub", ".config/doctl",
    ".config/hcloud", ".config/heroku", ".config/netlify", ".config/stripe", ".config/rclone",
    ".config/containers/auth.json", ".colima", ".lima", ".orbstack",
    # logins of tools
    ".netrc", ".git-credentials", ".config/git/credentials", ".npmrc", ".yarnrc.yml", ".pypirc",
    ".cargo/credentials", ".cargo/credentials.toml", ".gem/credentials", ".m2/settings.xml",
    ".m2/settings-security.xml", ".gradle/gradle.properties", ".composer/auth.json",
    ".config/composer/auth.json", ".config/pypoetry/auth.toml", ".pgpass", ".my.cnf",
    ".mylogin.cnf",
    # other agents' logins; an agent program's own is among its `Places`
    ".claude.json", ".claude.json.backup", ".claude/.credentials.json", ".claude/backups",
    ".claude/history.jsonl", ".codex/auth.json", ".codex/history.jsonl",
    ".gemini/oauth_creds.json", ".qwen/oauth_creds.json", ".pi/agent/auth.json",
    ".copilot/config.json", ".config/github-copilot", ".local/share/opencode/auth.json",
    ".aider.conf.yml", ".local/share/amp/secrets.json", ".factory", ".augment/session.json",
    # what was typed
    ".bash_history", ".zsh_history", ".zhistory", ".histfile", ".history",
    ".local/share/fish/fish_history", ".python_history", ".node_repl_history", ".psql_history",
    ".mysql_history", ".sqlite_history", ".rediscli_history", ".lesshst", ".viminfo",
    # browsers, mail, chats
    ".mozilla", ".thunderbird", ".config/google-chrome", ".config/chromium",
    ".config/BraveSoftware", ".config/microsoft-edge", ".config/vivaldi", ".config/opera",
    ".var/app", "snap/firefox", "snap/chromium", ".config/Slack", ".config/discord",
    ".config/Signal", ".local/share/TelegramDesktop",
)  # fmt: skip
"""Below the commander's HOME. Folders are shown empty, and so are files."""

SECRET_GLOBS = (".env", ".env.*", ".*_history")
"""More of the same, directly in the HOME."""

SOCKETS = (
    "/var/lib/docker", "/var/lib/lxd/unix.socket", "/var/lib/incus/unix.socket",
    "/var/snap/lxd/common/lxd/unix.socket",
)  # fmt: skip
"""Doors to programs with more rights, outside /run and /tmp: a socket lets itself be connected to
through a read-only mount, too."""

RUN_KEPT = (
    "systemd/resolve", "resolvconf", "NetworkManager/resolv.conf",
    "NetworkManager/no-stub-resolv.conf", "nscd", "current-system", "booted-system",
    "wrappers", "opengl-driver",
)  # fmt: skip
"""What stays of /run: how names are looked up (/etc/resolv.conf is a link to there), and where
NixOS has its programs. The rest are sockets: the buses, the keyring, Docker, Podman, ssh-agent."""

VARIABLES = (
    "*TOKEN", "*_TOKEN_*", "*SECRET*", "*_KEY", "*APIKEY", "*_KEY_ID", "*PASSWORD*", "*PASSWD*",
    "*PASSPHRASE*", "*_PASS", "*_PAT", "*CREDENTIALS*", "*_AUTH", "*_COOKIE", "*_DSN",
    "DATABASE_URL", "*_DATABASE_URL", "*_WEBHOOK_URL", "REDIS_URL", "MONGO*_URI",
    "SSH_AUTH_SOCK", "SSH_AGENT_PID", "GPG_AGENT_INFO", "DBUS_*", "DISPLAY", "WAYLAND_DISPLAY",
    "XAUTHORITY", "XDG_RUNTIME_DIR", "DOCKER_HOST", "CONTAINER_HOST", "KUBECONFIG",
)  # fmt: skip
"""Shell patterns of variables that hold a secret, or say where one is to be had."""


def find_secrets(home: Path) -> Iterator[Path]:
    """Give the secrets that are there now, links followed. One that is made later is not hidden."""
    named = [home / name for name in SECRETS]
    found = [path for pattern in SECRET_GLOBS for path in home.glob(pattern)]
    for path in (*named, *found, *map(Path, SOCKETS)):
        if is_there(path):
            yield path.resolve()


def forget_line(keeps: tuple[str, ...]) -> str:
    """Return a line of POSIX shell that unsets the secret variables but those that match `keeps`.

    It must run in the pane: an agent inherits the environment of the private tmux server, which may
    be older than the order that starts it.
    """
    kept = f"{'|'.join(keeps)}) ;; " if keeps else ""
    return (
        "for n in $(env | sed -n 's/^\\([A-Za-z_][A-Za-z0-9_]*\\)=.*/\\1/p'); do "
        f'case $n in {kept}{"|".join(VARIABLES)}) unset "$n";; esac; done'
    )


def is_there(path: Path) -> bool:
    """Tell whether `path` leads to something that we may look at."""
    try:
        return path.exists()
    except OSError:  # another person's folder
        return False
