"""How numbers and refusals are written. Standard library only."""
