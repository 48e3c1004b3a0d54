"""The demo: a throw-away repository, six tickets, six drill workers, and a scripted commander."""
