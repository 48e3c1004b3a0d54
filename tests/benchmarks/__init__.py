"""Figures that are printed, and never asserted: other work shares the machine."""
