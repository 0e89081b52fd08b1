"""Folders for the tests of the embedded servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder that another user can reach, unlike pytest's own: as root the servers may become somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="picrete-test-")).resolve()
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
