"""What each key of the battle screen does: one method per row of the key table."""
