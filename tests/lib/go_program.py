"""Programs of Go that tests run, built once in this tree. What cannot be had here makes its tests NOT RUN, visibly."""
import os
import shutil
import subprocess
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STEP_S = 250


def folder_of(name):
    """Where the program NAME is built."""
    folder = os.path.join(ROOT, "build", "tests", name)
    os.makedirs(folder, exist_ok=True)
    return folder


def go(folder, *arguments, **environment):
    """`go ARGUMENTS` in FOLDER; SkipTest where there is no Go, or where it fails."""
    program = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
    if program is None:
        raise unittest.SkipTest("NOT RUN: Go is missing: tools/setup test")
    said = f"NOT RUN: `go {' '.join(arguments)}`"
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod -buildvcs=false", **environment}
    try:
        done = subprocess.run([program, *arguments], cwd=folder, env=environment, capture_output=True, text=True,
                              check=False, timeout=STEP_S)
    except subprocess.TimeoutExpired:
        raise unittest.SkipTest(f"{said} takes longer than {STEP_S} s") from None
    if done.returncode:
        raise unittest.SkipTest(f"{said}: {done.stderr.strip()[-300:]}")


def built_from(source, module):
    """The program of the file SOURCE, which imports MODULE ("path@version")."""
    folder = folder_of(os.path.basename(os.path.dirname(source)))
    program = os.path.join(folder, "program")
    if os.path.exists(program) and os.path.getmtime(program) > os.path.getmtime(source):
        return program
    shutil.copy(source, folder)
    if os.path.exists(os.path.join(folder, "go.mod")):
        os.remove(os.path.join(folder, "go.mod"))
    go(folder, "mod", "init", f"test.local/{os.path.basename(folder)}")
    go(folder, "get", module)
    go(folder, "build", "-o", program, ".")
    return program


def installed(package):
    """The program of a published PACKAGE ("path@version")."""
    name = os.path.basename(package.partition("@")[0])
    folder = folder_of(package.replace("/", "_"))
    program = os.path.join(folder, name)
    if not os.path.exists(program):
        go(folder, "install", package, GOBIN=folder)
    return program
