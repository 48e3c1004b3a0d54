"""git: what a repository is, worktrees, changes, merges. The commander's files stay untouched."""
