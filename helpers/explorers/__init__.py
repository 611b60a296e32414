"""The interactive pictures of the lessons, one file each."""
