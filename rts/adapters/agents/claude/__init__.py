"""Claude Code: its row, its session registry, its transcript."""
