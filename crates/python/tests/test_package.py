"""The package itself: types, speed of import, the notebook."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from conftest import REPOSITORY

import sideman as sm

PACKAGE = Path(sm.__file__).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=600, cwd=tempfile.gettempdir(), check=False)


def needs(module: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is absent")


def test_importing_it_imports_little() -> None:
    heavy = ["numpy", "tqdm", "pretty_midi", "torch", "http", "asyncio"]
    code = f"import sys, sideman; print([name for name in {heavy} if name in sys.modules])"
    assert run(sys.executable, "-c", code).stdout.strip() == "[]"


def test_everything_public_is_documented() -> None:
    for name in sm.__all__:
        thing = getattr(sm, name)
        assert thing.__doc__, name
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if not member.startswith("_") and (callable(value) or isinstance(value, (property, classmethod))):
                assert getattr(thing, member).__doc__ or getattr(value, "__doc__", None), f"{name}.{member}"


def test_mypy_has_no_complaint() -> None:
    needs("mypy")
    found = run(sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, "-p", "sideman")
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_stub_says_what_is_there() -> None:
    needs("mypy")
    found = run(sys.executable, "-m", "mypy.stubtest", "sideman._sideman", "--ignore-missing-stub")
    assert found.returncode == 0, found.stdout + found.stderr


def test_pyright_has_no_complaint() -> None:
    needs("pyright")
    found = run(sys.executable, "-m", "pyright", "--pythonpath", sys.executable, str(PACKAGE))
    if "error" in found.stderr.lower() and "0 errors" not in found.stdout and "error:" not in found.stdout:
        pytest.skip(f"pyright does not run: {found.stderr.strip().splitlines()[-1]}")
    assert found.returncode == 0, found.stdout + found.stderr


def test_the_notebook_runs() -> None:
    nbclient = pytest.importorskip("nbclient", reason="nbclient is absent")
    nbformat = pytest.importorskip("nbformat", reason="nbformat is absent")
    needs("ipykernel")
    notebook = nbformat.read(REPOSITORY / "docs" / "python.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    pages = [output.data["text/html"] for output in shown if "text/html" in output.get("data", {})]
    assert any("<svg" in page and "<audio" in page for page in pages)
