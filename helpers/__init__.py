"""What the lessons share. Each name is loaded when it is first used, so that `import helpers` is quick."""
