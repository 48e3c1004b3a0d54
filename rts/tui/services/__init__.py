"""What the app does beside showing the world, a part of it in each module."""
