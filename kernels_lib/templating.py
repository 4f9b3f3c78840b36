"""Templates compiled once a machine, as Python's own modules are."""

from __future__ import annotations

import contextlib
import marshal
import os
import sys
import tempfile
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """Keeps compiled templates where Python keeps compiled modules: in ``__pycache__`` beside their source.

    As with those, a folder that cannot be written, or ``PYTHONDONTWRITEBYTECODE``, only costs time.  What was
    compiled from another text, by another Jinja or Python or in another place is compiled anew, and so is a
    file that is damaged.

    Parameters
    ----------
    folder : Path
        The templates'.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get_bucket(self, environment: jinja2.Environment, name: str, filename: str | None, source: str) -> Bucket:
        """What is kept of a template; without code where it was compiled from something else."""
        made_from = "\0".join((jinja2.__version__, sys.version, str(filename), source))
        bucket = Bucket(environment, cache_from_source(str(self._folder / name)), made_from)
        self.load_bytecode(bucket)
        return bucket

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read what is kept; nothing where there is none."""
        with contextlib.suppress(OSError):
            head, _, compiled = Path(bucket.key).read_bytes().partition(b"\n")
            if head == _head(bucket.checksum, compiled):
                bucket.code = marshal.loads(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if that can be done."""
        if sys.dont_write_bytecode or bucket.code is None:
            return
        compiled = marshal.dumps(bucket.code)
        with contextlib.suppress(OSError):
            _write(Path(bucket.key), _head(bucket.checksum, compiled) + b"\n" + compiled)


def _head(made_from: str, compiled: bytes) -> bytes:
    return sha256(made_from.encode("utf-8") + b"\0" + compiled).hexdigest().encode("ascii")


def _write(path: Path, content: bytes) -> None:
    """All of the file or none of it: another process may read it at this moment."""
    path.parent.mkdir(exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
