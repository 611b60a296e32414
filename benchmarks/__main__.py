"""`python -m benchmarks`: one table of what is quick and how quick, and whether each goal is met."""

from benchmarks import explorers, imports, in_browser, instruments, networks
from benchmarks.measurement import report

PARTS = (imports, networks, instruments, explorers, in_browser)

if __name__ == "__main__":
    print(report([measurement for part in PARTS for measurement in part.measure()]))
