"""What each explorer shows, as a frozen dataclass that a pure function makes. Standard library only."""
