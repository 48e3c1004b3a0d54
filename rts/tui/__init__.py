"""The screen: a world goes down to widgets, messages come up, the app gives orders."""
