"""The sentences of each lesson that conclude something, each with a function that looks it up."""
