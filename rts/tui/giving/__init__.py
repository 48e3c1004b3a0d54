"""Orders under way: carried out beside the screen, held back, undone, given to many at once."""
