"""Codex CLI: its row, its hooks, its sandbox, its folders and its rollout files."""
