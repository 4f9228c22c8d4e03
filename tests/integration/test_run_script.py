"""`./run` on machines that lack one thing or another; in a small checkout of its own, without a network."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "dirname", "cat", "cksum", "tr", "rm", "mv")


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose lock asks for nothing, and whose command says what it was given."""
    folder = tmp_path / "a checkout"
    (folder / "requirements").mkdir(parents=True)
    (folder / "requirements" / "test.txt").write_text("# nothing\n")
    (folder / "aggregator" / "cli").mkdir(parents=True)
    (folder / "aggregator" / "__init__.py").touch()
    (folder / "aggregator" / "cli" / "__init__.py").touch()
    (folder / "aggregator" / "cli" / "__main__.py").write_text("import sys; print('ran', *sys.argv[1:])\n")
    shutil.copy(ROOT / "run", folder / "run")
    return folder


def make_path(tmp_path, **commands):
    """A PATH of the plain tools and these commands alone."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool))
    for name, script in commands.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return str(folder)


def run(checkout, path, *words):
    return subprocess.run(
        [checkout / "run", *words],
        env={"PATH": path, "HOME": str(checkout.parent)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


PYTHON = f'#!/bin/sh\nexec {sys.executable} "$@"\n'


def test_without_python_and_uv_it_says_what_to_install(checkout, tmp_path):
    done = run(checkout, make_path(tmp_path), "demo")
    assert done.returncode == 69
    assert "Python 3.11 or newer, or uv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_is_named_with_the_cure(checkout, tmp_path):
    lacking = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1;; esac\n' + f'exec {sys.executable} "$@"\n'
    done = run(checkout, make_path(tmp_path, python3=lacking), "demo")
    assert done.returncode == 69
    assert f"apt install python{sys.version_info[0]}.{sys.version_info[1]}-venv" in done.stderr


@pytest.mark.slow
def test_it_sets_up_once_and_repairs_what_is_half_made(checkout, tmp_path):
    path = make_path(tmp_path, python3=PYTHON)
    first = run(checkout, path, "search", "a b")
    assert (first.returncode, first.stdout) == (0, "ran search a b\n"), first.stderr
    assert "setting up" in first.stderr
    assert run(checkout, path, "stats").stderr == ""
    (checkout / ".venv" / ".made-from").unlink()
    assert "setting up" in run(checkout, path, "stats").stderr
    (checkout / ".venv" / "bin" / "python").unlink()
    mended = run(checkout, path, "stats")
    assert (mended.returncode, "setting up" in mended.stderr) == (0, True)


@pytest.mark.slow
def test_it_installs_again_when_the_lock_changes(checkout, tmp_path):
    path = make_path(tmp_path, python3=PYTHON)
    run(checkout, path, "stats")
    (checkout / "requirements" / "test.txt").write_text("# nothing more\n")
    assert "setting up" in run(checkout, path, "stats").stderr


@pytest.mark.slow
def test_a_failed_set_up_is_said_and_tried_again(checkout, tmp_path):
    path = make_path(tmp_path, python3=PYTHON)
    lock = checkout / "requirements" / "test.txt"
    run(checkout, path, "stats")
    lock.write_text("nosuchpackage @ file:///nowhere/at-all.whl\n")
    for _ in range(2):
        failed = run(checkout, path, "stats")
        assert failed.returncode == 69
        assert "run this again" in failed.stderr
    lock.write_text("# nothing\n")
    assert run(checkout, path, "stats").stderr == "", "the environment of before is still whole"
