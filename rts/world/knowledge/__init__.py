"""Notes: what one is, what a folder of them is, what can be wrong with them. Pure."""
