"""Builds the peers and the small native tools of the benches under build/bench.

Peers come from their own package registries through their ordinary clients, in the newest version this machine
can have; nothing fetched is kept in the source tree. What cannot be built raises NotRun with the reason, which
then stands in the result instead of a figure. A build is kept until its sources or its compiler change.
"""

import functools
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from .machine import BUILD
from .pairing import NotRun
from .process import find_program

CARGO_DEBIAN = "/usr/share/cargo/registry"


def run_tool(argv, cwd, environment=None):
    """Runs a build step; NotRun with the end of its output when it fails."""
    done = subprocess.run(list(map(str, argv)), cwd=cwd, env={**os.environ, **(environment or {})}, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode:
        last = " | ".join(done.stdout.strip().splitlines()[-3:])
        raise NotRun(f"`{' '.join(map(str, argv[:3]))}` failed: {last[-300:]}")
    return done.stdout


def stamp_of(files, compiler):
    digest = hashlib.sha256(compiler.encode())
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def kept(output, stamp):
    """Whether `output` was made from exactly this stamp."""
    note = output.with_suffix(".stamp")
    return output.exists() and note.exists() and note.read_text(encoding="ascii") == stamp


def keep(output, stamp):
    output.with_suffix(".stamp").write_text(stamp, encoding="ascii")
    return output


def native(source, name, flags=()):
    """Compiles one C or C++ file with clang 19 (or the default compiler) and gives the program's path."""
    cxx = source.suffix == ".cpp"
    compiler = find_program(*(["clang++-19", "clang++", "g++"] if cxx else ["clang-19", "clang", "cc"]))
    output = BUILD / name
    BUILD.mkdir(parents=True, exist_ok=True)
    stamp = stamp_of([source], compiler + " ".join(flags))
    if not kept(output, stamp):
        run_tool([compiler, "-O2", "-Wall", "-Wextra", *(["-std=c++23"] if cxx else []), *flags, "-o", output, source],
                 source.parent)
    return keep(output, stamp)


def copied(sources, name):
    """A fresh copy of a peer's folder under build/bench, so that lock files and caches stay out of the tree."""
    work = BUILD / f"{name}-source"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(sources, work)
    return work


def go_version(go):
    return run_tool([go, "env", "GOVERSION"], "/", {"GOTOOLCHAIN": "local"}).strip()


def go(sources, name, modules=(), prepare=()):
    """Builds a Go program. `modules` lists (path, versions to try in order); the newest that builds is taken. `prepare`
    are commands to run before it is built.

    Gives the program's path and its version text.
    """
    tool = find_program("go")
    version = go_version(tool)
    output = BUILD / name
    stamp = stamp_of(sources.rglob("*.go"), version + repr(modules) + repr(prepare))
    environment = {"GOTOOLCHAIN": "local", "GOFLAGS": "-mod=mod -buildvcs=false"}
    work = BUILD / f"{name}-source"
    if not kept(output, stamp):
        copied(sources, name)
        run_tool([tool, "mod", "init", f"bench.local/{name}"], work, environment)
        for path, versions in modules:
            first_that_works([[tool, "get", f"{path}@{one}"] for one in versions], work, environment)
        for argv in prepare:
            run_tool(argv, work, environment)
        run_tool([tool, "build", "-o", output, "."], work, environment)
        keep(output, stamp)
    used = [run_tool([tool, "list", "-m", path], work, environment).split()[1] for path, _ in modules]
    return output, " ".join([version, *used])


def first_that_works(commands, work, environment):
    failure = None
    for command in commands:
        try:
            return run_tool(command, work, environment)
        except NotRun as reason:
            failure = failure or reason
    raise failure


def cargo(sources, name, dependency):
    """Builds a Rust program in release mode, from the registry or else from Debian's librust packages.

    Gives the program's path and the version of `dependency` with the compiler's.
    """
    tool = find_program("cargo")
    version = run_tool([find_program("rustc"), "--version"], "/").split()[1]
    output = BUILD / name
    stamp = stamp_of([sources / "Cargo.toml", *sources.glob("src/*.rs")], version)
    work = BUILD / f"{name}-source"
    if not kept(output, stamp):
        copied(sources, name)
        debian = ["--offline", "--config", 'source.crates-io.replace-with="debian"',
                  "--config", f'source.debian.directory="{CARGO_DEBIAN}"']
        first_that_works([[tool, "build", "--release"], [tool, "build", "--release", *debian]], work, {})
        shutil.copy(work / "target" / "release" / name, output)
        keep(output, stamp)
    return output, f"{locked_version(work / 'Cargo.lock', dependency)} rustc {version}"


def locked_version(lock, dependency):
    lines = lock.read_text(encoding="utf-8").splitlines()
    at = lines.index(f'name = "{dependency}"')
    return f"{dependency} " + lines[at + 1].split('"')[1]


def version_of(argv, pick=lambda text: text.strip().splitlines()[0]):
    """What a program says about its version; empty when it says nothing."""
    done = subprocess.run(list(map(str, argv)), capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return pick(said) if said.strip() else ""


@functools.cache
def banyan_program(relative):
    """A release program of this tree, built now if it is not up to date; NotRun with the end of what went wrong."""
    tools = BUILD.parents[1] / "tools"
    run_tool([tools / "setup", "build", "bench"], "/")
    run_tool([tools / "build", "release", Path(relative).name], "/")
    return BUILD.parent / "release" / relative
