"""Templates compiled once a machine, as Python's own modules are."""

from __future__ import annotations

import marshal
import sys
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from kernels_lib.keep import read_sealed, write_sealed


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
        head, _, compiled = (read_sealed(Path(bucket.key)) or b"").partition(b"\n")
        if head == _digest(bucket.checksum):
            # As trusted as the modules beside it.
            bucket.code = marshal.loads(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a compiled template, if that can be done."""
        if not sys.dont_write_bytecode and bucket.code is not None:
            write_sealed(Path(bucket.key), _digest(bucket.checksum) + b"\n" + marshal.dumps(bucket.code))


def _digest(made_from: str) -> bytes:
    return sha256(made_from.encode("utf-8")).hexdigest().encode("ascii")
