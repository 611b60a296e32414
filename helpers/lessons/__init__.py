"""What the lessons ask, and what answers."""
