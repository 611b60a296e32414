"""The course's experiments, done properly: one script a study, run by `python -m studies`."""
