"""Run lessons from a fresh kernel and store their outputs: `python -m tools.record NOTEBOOK …`."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "file_extension": ".py", "mimetype": "text/x-python"}
LARGEST = 1_000_000


def record(path: Path) -> int:
    """Execute one notebook in place and give its size in bytes.

    Widget state and whatever else differs from run to run is left out of the file, so that a recording that
    changes nothing leaves no difference. Raises nbclient's CellExecutionError when a cell fails, and the
    file then stays as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=300,
        store_widget_state=False,
        coalesce_streams=True,  # what one cell prints is one output, however slowly it came
        resources={"metadata": {"path": str(path.parent)}},
    )
    client.execute()
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        cell.metadata.pop("lines_to_next_cell", None)
    nbformat.validate(notebook)
    nbformat.write(notebook, path)
    return path.stat().st_size


def main(paths: list[str]) -> None:
    for path in map(Path, paths):
        size = record(path)
        sys.stdout.write(f"{path}: {size / 1000:.0f} kB\n")
        if size > LARGEST:
            sys.exit(f"{path} has {size:,} bytes; a lesson stays under {LARGEST:,}.")


if __name__ == "__main__":
    main(sys.argv[1:])
