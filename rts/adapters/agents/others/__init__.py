"""The agent programs that need little of their own: one file each."""
