"""Python modules that are Debian packages, for whichever interpreter runs the tests.

An interpreter of another origin does not look where Debian puts them, but can use them if it is of the same version.
"""
import importlib
import sys
import unittest

DEBIAN_VERSION = (3, 11)
DEBIAN_PATH = "/usr/lib/python3/dist-packages"


def load(name, package):
    """The module NAME of the Debian package PACKAGE; the tests that ask are skipped where it is not there."""
    if sys.version_info[:2] == DEBIAN_VERSION and DEBIAN_PATH not in sys.path:
        sys.path.append(DEBIAN_PATH)
    try:
        return importlib.import_module(name)
    except ImportError as missing:
        raise unittest.SkipTest(f"{name} is missing: apt-get install {package}") from missing
