"""Imported by templates before everything that imports scipy, whose largest part then waits until it is needed.

A module of its own, because a template is told what to import by name.
"""

from kernels_lib.production.lazily import OF_SCIPY, later

for _name in OF_SCIPY:
    later(_name)
