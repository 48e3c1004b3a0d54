"""Command many coding agents from one terminal, as one commands an army."""

__version__ = "0.1.0"
