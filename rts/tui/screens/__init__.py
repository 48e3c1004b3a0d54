"""What fills the terminal: the battle, a diff, all keys, a question in one line."""
