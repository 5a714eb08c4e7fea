# Each target is one or two lines that a person could type: see README.md.
PYTHON ?= python3
BIN = .venv/bin
CHAPTERS = chapters/*.ipynb
# The language model answers from its record: the same numbers, in a second. BOOK_LANGUAGE_MODEL= takes the weights.
export BOOK_LANGUAGE_MODEL ?= recorded
# Python keeps what it compiled: else each of a hundred processes compiles the book and its tests again.
export PYTHONDONTWRITEBYTECODE =

.PHONY: book test notebooks key claims models pdf speed lint lite clean

# The book, built from nothing: else only the pages that changed would be built again, not those of a changed book_utils.
book: .venv/book
	rm -rf _build
	$(BIN)/jupyter-book build . -W -n --keep-going
	@echo "The book: file://$(CURDIR)/_build/html/index.html"

# Every test, in three workers: each often waits for a browser, so they keep two processors busy. A browser is needed; tools/find_browser.py says how to get one.
test: .venv/test tests/node_modules
	$(BIN)/python tools/find_browser.py
	$(BIN)/python -m book_utils model || echo "Tests of the language model need its weights: they are skipped, and fail in CI."
	$(BIN)/python -m pytest -n 3 --dist loadfile

# Run every chapter from a fresh kernel and store it (see CONTRIBUTING.md).
notebooks: .venv/book
	$(BIN)/python tools/notebooks.py run $(CHAPTERS)

# Confirm the answers of all guesses, after reading every explanation again.
key: .venv/book
	$(BIN)/python -m book_utils key --write tests/answer_key.json

# Print every reason that the book gives, and what backs it (CONTRIBUTING.md).
claims: .venv/book
	$(BIN)/python tools/claims.py

# Compare what is read from each config.json of the corpus with the model that transformers builds (torch: 800 MB).
models: .venv/models/done
	.venv/models/bin/python tools/compare_models.py

# A worksheet and a full copy as PDFs, in the built book, whose pages then offer them.
pdf: .venv/test book
	$(BIN)/python tools/make_pdf.py

# How fast the pages are on a slow phone, beside Jupyter Book's default settings (needs npm, and a quiet machine).
speed: .venv/test book
	$(BIN)/python tools/page_speed.py

# A JupyterLab in the reader's browser, beside the built pages; PYODIDE=FILE puts Python itself there, too.
lite: .venv/lite/done
	$(BIN)/python tools/make_lite.py .venv/lite/bin/python $(if $(PYODIDE),--pyodide $(PYODIDE))

lint: .venv/test
	$(BIN)/ruff check .
	$(BIN)/mypy

.venv/book: requirements.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -r requirements.txt
	touch $@

.venv/test: .venv/book requirements-test.txt requirements-teach.txt
	$(BIN)/pip install -q -r requirements-test.txt
	touch $@

.venv/lite/done: .venv/book requirements-lite.txt
	$(PYTHON) -m venv .venv/lite
	.venv/lite/bin/pip install -q -r requirements-lite.txt
	touch $@

.venv/models/done: requirements.txt
	$(PYTHON) -m venv .venv/models
	.venv/models/bin/pip install -q torch==2.13.0
	.venv/models/bin/pip install -q transformers==5.24.0 -r requirements.txt
	touch $@

tests/node_modules: tests/package-lock.json
	npm ci --prefix tests --ignore-scripts --no-audit --no-fund
	touch $@

clean:
	rm -rf _build .venv tests/node_modules
