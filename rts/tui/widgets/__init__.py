"""The parts of the screen. Each is handed a `Frame` and posts messages; none knows the app."""
