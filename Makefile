# Two commands do all the set-up: `make lab` opens the lessons, `make test` runs every test.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
LESSONS := $(sort $(wildcard notebooks/*.ipynb))
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

export PYTHONUTF8 := 1

.PHONY: lab test record slides site site-test studies times bench classroom soak faults mutants clean

lab: $(READY)
	$(BIN)/jupyter lab $(AS_ROOT) --ServerApp.ip=127.0.0.1 $(firstword $(LESSONS))

# One process a core, so one thread a process; a lesson's cells stay together and in order. Lessons run where no
# network can be reached, if the system allows to cut them off. In the browser the next lessons' cells run while one
# is looked at.
test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy tests/typed/every_name.py
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto -m "not browser and not soak and not faults and not site"
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.offline $(BIN)/python -m pytest -n auto --dist loadfile --nbval --nbval-cell-timeout=120 -p no:cacheprovider notebooks
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "browser and not faults" -rs tests/browser

# Runs every lesson from a fresh kernel and stores its outputs, without widget state.
record: $(READY)
	$(BIN)/python -m tools.record $(LESSONS)

slides: $(READY)
	$(BIN)/python -m tools.slides build/slides $(LESSONS)

# The course as a site in build/site: a page for each lesson, with every explorer alive and nothing to install.
site: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[site]'
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.site build/site $(LESSONS)
	@echo "To see it: $(BIN)/python -m http.server --directory build/site --bind 127.0.0.1"

# Every page of the site in a browser that reaches no other host; some minutes.
site-test: site
	$(BIN)/python -m pytest -m site -rs tests/browser/test_site.py

# The trainings behind the lessons' conclusions, as far as they are not in data/studies; two at once, two and a half
# hours for all on two fast cores, over four on slower ones. It may be stopped, and goes on where it was. One alone:
# make studies ONLY=growing
studies: $(READY)
	$(BIN)/python -m studies $(ONLY)

# How long layers, blocks and networks take, for lesson 7: under two minutes on an idle machine, which it should be.
# Then `make record`, for the lesson draws what is recorded.
times: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.record_times

# Some minutes, best on an idle machine, with the site built; what it prints stands in benchmarks/RESULTS.md too.
bench: site
	$(BIN)/python -m benchmarks benchmarks/RESULTS.md

# Several learners at once on one server; some minutes. Fewer or more: .venv/bin/python -m benchmarks.classroom 2 32
classroom: $(READY)
	$(BIN)/python -m benchmarks.classroom

# Every explorer through 2,000 random settings, with an eye on memory; some minutes.
soak: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto -m soak tests/explorers/test_soak.py

# What may go wrong around a lesson, at length: every cell twice, other folders, cores and screens; some minutes.
faults: $(READY)
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n auto -m "faults and not browser" tests/notebooks
	$(BIN)/python -m pytest -m "faults and browser" tests/browser

# Are the tests any good? Breaks all that is plain Python (the arithmetic, the sentences, the explorers' numbers and
# pictures) in 14,500 ways, and prints which breaks no test noticed: an hour or two. A part of it, as ever:
# make mutants ONLY='helpers.arithmetic.*'
mutants: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[mutants]'
	OMP_NUM_THREADS=1 $(BIN)/python -m tools.mutants $(ONLY)

clean:
	rm -rf .venv build mutants

# The stamp is older than the files that say what to install whenever one of them changes.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; $(PYTHON) is " + sys.version.split()[0] + ". Say which with: make PYTHON=python3.12 $(MAKECMDGOALS)")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	$(BIN)/jupyter labextension disable @jupyterlab/apputils-extension:announcements # or it asks about news
	touch $(READY)
