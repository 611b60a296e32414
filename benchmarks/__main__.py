"""`python -m benchmarks`: one table of what is quick and how quick, and whether each goal is met.

With a file's name it is written there too, as Markdown.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import explorers, imports, instruments, networks, site
from benchmarks.machine import description
from benchmarks.measurement import report

PARTS = (imports, networks, instruments, explorers, site)
PAGE = """# How quick it is

Made by `make bench`. Each figure is a median, in milliseconds, beside what a notebook would otherwise use,
measured in turn in the same run; the ratio is ours to theirs.

Measured on: {machine}.

```text
{table}
```
"""

if __name__ == "__main__":
    machine = description()
    print(machine, flush=True)
    table = report([measurement for part in PARTS for measurement in part.measure()])
    print(f"\n{table}")
    for file in sys.argv[1:2]:
        Path(file).write_text(PAGE.format(machine=machine, table=table), encoding="utf-8")
