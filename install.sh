#!/bin/sh
# Installs rts from this checkout. May be run again at any time; says each step in one line.
set -eu

USAGE="Usage: ./install.sh [--demo | --test [WORDS]]

  (nothing)   install rts and put it on the PATH
  --demo      install, then open the demo; without a terminal it runs to its end and prints JSON
  --test      install what the tests need into this checkout and run every gate;
              WORDS go to python -m tests, for example --fast
  --help      show this"

UV_VERSION=0.13.8      # writes and reads uv.lock; from the Python package index
NODE_VERSION_MIN=18    # what npm needs to install the agent programs that the tests run

HERE=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd)
DATA_FOLDER=${XDG_DATA_HOME:-${HOME:?}/.local/share}/rts
TOOLS=$HERE/tests/tools
LOG=$(mktemp "${TMPDIR:-/tmp}/rts-install.XXXXXX")
trap 'rm -f "$LOG"' EXIT

say() { printf '· %s\n' "$1"; }

# Two lines: what happened, and what to try next.
refuse() {
    printf '%s\n%s\n' "$1" "$2" >&2
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# Runs a program without its output; tells by its exit code, and leaves its words in the log.
quietly() { "$@" >"$LOG" 2>&1 </dev/null; }

# As `quietly`, but a failure ends everything: $1 says what failed and $2 what to try next.
must() {
    what=$1 next=$2
    shift 2
    quietly "$@" && return
    tail -n 20 "$LOG" >&2
    refuse "$what" "$next"
}

# --- the system's package manager -----------------------------------------------------------------

find_manager() {
    for manager in apt-get dnf pacman brew; do
        if has "$manager"; then
            printf %s "$manager"
            return
        fi
    done
}

# The line that installs packages here and asks nothing.
install_line() {
    case $MANAGER in
        apt-get) printf 'env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends' ;;
        dnf) printf 'dnf install -y' ;;
        pacman) printf 'pacman -S --needed --noconfirm' ;;
        brew) printf 'brew install' ;;
    esac
    printf ' %s' "$@"
}

# The same for a person to type.
spoken_line() {
    case $MANAGER in
        apt-get) printf 'sudo apt-get install' ;;
        dnf) printf 'sudo dnf install' ;;
        pacman) printf 'sudo pacman -S' ;;
        brew) printf 'brew install' ;;
    esac
    printf ' %s' "$@"
}

# The word before a line that only root may run; fails when we may not.
find_sudo() {
    if [ "$MANAGER" = brew ] || [ "$(id -u)" = 0 ]; then
        return
    fi
    has sudo && sudo -n true 2>/dev/null && printf 'sudo -n '
}

# Installs the packages that bring what is missing, or prints the line to type and ends.
install_packages() {
    [ -n "$MANAGER" ] || refuse "Missing here: $*, and no package manager that I know." \
        "Install them by hand, then run ./install.sh again."
    line=$(install_line "$@")
    sudo=$(find_sudo) || refuse "Missing here: $*, and installing them needs root." \
        "Type: $(spoken_line "$@")"
    say "Installing with $MANAGER: $*"
    # The words of these lines are ours, so they may be split.
    # shellcheck disable=SC2086
    quietly $sudo $line && return
    if [ "$MANAGER" = apt-get ]; then # a fresh machine has no package lists yet
        # shellcheck disable=SC2086
        must "The package lists could not be read." "Look at it with: apt-get update" \
            $sudo apt-get update
    fi
    # shellcheck disable=SC2086
    must "$MANAGER could not install: $*." "Look at it with: $(spoken_line "$@")" $sudo $line
}

# Fills `missing` with the packages for what is not there: pairs of program and package.
collect_missing() {
    missing=
    while [ $# -gt 0 ]; do
        has "$1" || missing="$missing $2"
        shift 2
    done
}

# --- Python ---------------------------------------------------------------------------------------

is_new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if has "$name" && is_new_enough "$name"; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    if ! has python3; then
        refuse "rts needs Python 3.11 or newer; here is none." \
            "Install it${MANAGER:+, for example with: $(spoken_line python3)}"
    fi
    refuse "rts needs Python 3.11 or newer; here is $(python3 -V 2>&1)." \
        "Install a newer one as python3, then run ./install.sh again."
}

# Makes the virtual environment $1, or keeps it when it works. Debian brings venv as a package.
make_venv() {
    if [ -x "$1/bin/python" ] && is_new_enough "$1/bin/python" &&
        quietly "$1/bin/python" -m pip --version; then
        return
    fi
    rm -rf "$1"
    if ! quietly "$PYTHON" -c 'import ensurepip, venv'; then
        [ "$MANAGER" = apt-get ] || refuse "$PYTHON has no venv." "Install a whole Python 3.11."
        install_packages "python$("$PYTHON" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
    fi
    must "No virtual environment could be made in $1." "Look at it with: $PYTHON -m venv $1" \
        "$PYTHON" -m venv "$1"
}

# --- rts on the PATH ------------------------------------------------------------------------------

choose_link_folder() {
    if [ "$(id -u)" = 0 ]; then
        printf /usr/local/bin
    else
        printf %s "$HOME/.local/bin"
    fi
}

choose_installer() {
    if has uv; then
        printf uv
    elif has pipx; then
        printf pipx
    else
        printf pip
    fi
}

# Installs $2 (this checkout, with or without an extra) with the installer $1.
install_package() {
    case $1 in
        uv)
            quietly env UV_TOOL_BIN_DIR="$LINK_FOLDER" uv tool install --force \
                --reinstall-package rts --python "$PYTHON" "$2"
            ;;
        pipx)
            quietly env PIPX_BIN_DIR="$LINK_FOLDER" pipx install --force --python "$PYTHON" "$2"
            ;;
        pip)
            quietly "$DATA_FOLDER/venv/bin/python" -m pip install --upgrade "$2" &&
                ln -sf "$DATA_FOLDER/venv/bin/rts" "$LINK_FOLDER/rts"
            ;;
    esac
}

# Another program of that name is not ours to replace.
refuse_foreign_rts() {
    [ -e "$LINK_FOLDER/rts" ] || return 0
    case $(readlink "$LINK_FOLDER/rts" || true) in
        */rts/bin/rts | */rts/venv/bin/rts) ;;
        *) refuse "$LINK_FOLDER/rts is another program." "Move it aside, then run ./install.sh again." ;;
    esac
}

# Agents need not ask where there is a sandbox. It is not fatal when there can be none.
wish_for_sandbox() {
    if has bwrap || [ "$(uname 2>/dev/null)" != Linux ]; then
        return
    fi
    case $MANAGER in apt-get | dnf | pacman) ;; *) return ;; esac
    say "Installing with $MANAGER, for the sandbox: bubblewrap"
    bring_bubblewrap ||
        say "No bubblewrap: agents will ask before they act. Try: $(spoken_line bubblewrap)"
}

bring_bubblewrap() {
    line=$(install_line bubblewrap)
    sudo=$(find_sudo) || return 1
    # shellcheck disable=SC2086
    quietly $sudo $line && return
    [ "$MANAGER" = apt-get ] || return 1
    # shellcheck disable=SC2086
    quietly $sudo apt-get update && quietly $sudo $line
}

install_rts() {
    collect_missing git git tmux tmux
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
    wish_for_sandbox
    say "Using $("$PYTHON" -V) at $PYTHON, $(git --version), $(tmux -V)"
    LINK_FOLDER=$(choose_link_folder)
    mkdir -p "$LINK_FOLDER"
    refuse_foreign_rts
    installer=$(choose_installer)
    [ "$installer" != pip ] || make_venv "$DATA_FOLDER/venv"
    say "Installing rts with $installer"
    if ! install_package "$installer" "${HERE}[sound,web]"; then
        say "The sound library cannot be built here: cues go through the system's player"
        install_package "$installer" "${HERE}[web]" || {
            tail -n 20 "$LOG" >&2
            refuse "$installer could not install rts." "Mend what it says above, then run it again."
        }
    fi
    say "rts is at $LINK_FOLDER/rts"
    case :$PATH: in
        *":$LINK_FOLDER:"*) ;;
        *) say "Your PATH lacks it; add to your shell's start file: export PATH=\"$LINK_FOLDER:\$PATH\"" ;;
    esac
}

open_demo() {
    rm -f "$LOG"
    if [ -t 0 ] && [ -t 1 ]; then
        exec "$LINK_FOLDER/rts" demo
    fi
    exec "$LINK_FOLDER/rts" demo --headless --json
}

# --- the tests ------------------------------------------------------------------------------------

has_node() {
    quietly node -e "process.exit(parseInt(process.versions.node) < $NODE_VERSION_MIN ? 1 : 0)"
}

install_test_packages() {
    if [ "$(uname)" = Darwin ]; then
        collect_missing git git tmux tmux
    else
        case $MANAGER in
            pacman) driver=chromium ;;
            dnf) driver=chromedriver ;;
            *) driver=chromium-driver ;;
        esac
        collect_missing git git tmux tmux aplay alsa-utils ps procps bwrap bubblewrap \
            chromium chromium chromedriver "$driver"
    fi
    case $MANAGER in
        brew) node=node ;;
        *) node=nodejs ;;
    esac
    has_node || missing="$missing $node"
    # shellcheck disable=SC2086
    [ -z "$missing" ] || install_packages $missing
    has npm || install_packages npm # some packages of Node bring it, and then bar this one
    has_node || refuse "The agent programs need Node $NODE_VERSION_MIN or newer." \
        "Install it so that node is on the PATH, then run ./install.sh --test again."
}

# The checkout's own environment, exactly as uv.lock says. uv brings no Python of its own.
install_test_python() {
    make_venv .venv
    say "Installing the locked Python packages into .venv"
    must "uv $UV_VERSION could not be installed." "See what pip says above." \
        .venv/bin/python -m pip install "uv==$UV_VERSION"
    sync="env -u VIRTUAL_ENV -u UV_PROJECT_ENVIRONMENT UV_PYTHON_DOWNLOADS=never .venv/bin/uv sync --frozen --inexact"
    # shellcheck disable=SC2086
    if ! quietly $sync --extra sound; then
        say "The sound library cannot be built here: its tests use the system's player"
        must "The packages of uv.lock could not be installed." "See what uv says above." $sync
    fi
}

# The real agent programs, as tests/tools/package-lock.json pins them.
install_agents() {
    claude=$(pinned @anthropic-ai/claude-code)
    codex=$(pinned @openai/codex)
    if ! is_agent claude "$claude" || ! is_agent codex "$codex"; then
        say "Installing Claude Code $claude and Codex $codex from npm into tests/tools"
        must "npm could not install the agent programs." "Look at it with: npm ci --prefix tests/tools" \
            npm ci --prefix "$TOOLS" --no-audit --no-fund --loglevel=error
    fi
    is_agent claude "$claude" || link_claude # npm may refuse to run the package's own installer
    is_agent claude "$claude" || refuse "Claude Code $claude does not run here." \
        "Try it: tests/tools/node_modules/.bin/claude --version"
    is_agent codex "$codex" || refuse "Codex $codex does not run here." \
        "Try it: tests/tools/node_modules/.bin/codex --version"
}

pinned() {
    sed -n "s|.*\"$1\": \"\(.*\)\".*|\1|p" "$TOOLS/package.json"
}

# Whether program $1 is there and says that it is version $2: "2.1.329 (Claude Code)", "codex-cli 0.169.0".
is_agent() {
    [ -x "$TOOLS/node_modules/.bin/$1" ] || return 1
    room=$(mktemp -d "${TMPDIR:-/tmp}/rts-install.XXXXXX")
    words=$(HOME=$room "$TOOLS/node_modules/.bin/$1" --version 2>/dev/null </dev/null) || words=
    rm -rf "$room"
    case " $words " in *" $2 "*) return 0 ;; *) return 1 ;; esac
}

link_claude() {
    for program in "$TOOLS"/node_modules/@anthropic-ai/claude-code-*/claude; do
        mkdir -p "$TOOLS/node_modules/.bin"
        ln -sf "$program" "$TOOLS/node_modules/.bin/claude"
    done
}

run_tests() {
    install_test_packages
    install_test_python
    install_agents
    say "Running the gates"
    rm -f "$LOG"
    exec .venv/bin/python -m tests "$@"
}

# --- what was asked -------------------------------------------------------------------------------

case ${1:-} in
    "" | --demo | --test) ;;
    --help | -h)
        printf '%s\n' "$USAGE"
        exit 0
        ;;
    *) refuse "I do not know $1." "See ./install.sh --help" ;;
esac

cd "$HERE"
MANAGER=$(find_manager)
PYTHON=$(find_python)
case ${1:-} in
    --test)
        shift
        run_tests "$@"
        ;;
    --demo)
        install_rts
        open_demo
        ;;
    *)
        install_rts
        say "Go into a repository and type: rts"
        ;;
esac
