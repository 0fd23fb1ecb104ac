"""The PHP files the PHP benches read: sources of Debian packages, fetched by apt and kept under build/bench/php.

The FILE sections of PHP's own tests are cut out of the php8.2 source package; WordPress, Symfony and Laravel are read
as they are. apt runs with a configuration of its own, made from the machine's sources with "deb-src" in place of "deb".
"""

import os
import re
import subprocess
from pathlib import Path

from lib.machine import BUILD
from lib.pairing import NotRun

WORK = BUILD / "php"
PACKAGES = {"php8.2": "php8.2=8.2.32-1~deb12u1", "wordpress": "wordpress", "symfony": "symfony",
            "laravel": "php-laravel-framework", "inflector": "php-doctrine-inflector"}
SECTION = re.compile(rb"^--FILE(?:EOF)?--[ \t]*\r?\n(.*?)(?=^--[A-Z_]+--|\Z)", re.S | re.M)


def debian_sources():
    """The machine's Debian entries as sources of source packages, in the one-line format or the deb822 one."""
    lists, stanzas = [], []
    for file in sorted([Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]):
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".sources":
            stanzas += [re.sub(r"(?m)^Types:.*$", "Types: deb-src", one) for one in re.split(r"\n\s*\n", text)
                        if re.search(r"(?m)^URIs:.*debian", one)]
        else:
            lists += [re.sub(r"^deb ", "deb-src ", one) for one in text.splitlines()
                      if one.startswith("deb ") and "debian" in one]
    return lists, stanzas


def apt_environment():
    """An apt of our own: the machine's lists and caches stay as they are."""
    root = WORK / "apt"
    for part in ("lists/partial", "cache/archives/partial", "parts"):
        (root / part).mkdir(parents=True, exist_ok=True)
    lists, stanzas = debian_sources()
    (root / "sources.list").write_text("\n".join(lists) + "\n", encoding="utf-8")
    (root / "parts" / "debian.sources").write_text("\n\n".join(stanzas) + "\n", encoding="utf-8")
    (root / "apt.conf").write_text("".join(f'{name} "{value}";\n' for name, value in {
        "Dir::Etc::sourcelist": root / "sources.list", "Dir::Etc::sourceparts": root / "parts",
        "Dir::State::lists": root / "lists", "Dir::Cache": root / "cache", "APT::Sandbox::User": "root"}.items()),
        encoding="utf-8")
    return {**os.environ, "APT_CONFIG": str(root / "apt.conf")}


def tool(argv, where, environment=None):
    done = subprocess.run(argv, cwd=where, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotRun(f"`{' '.join(argv[:3])}` failed: {(done.stderr or done.stdout).strip()[-300:]}")


def unpacked(name):
    """The folder of a package's upstream source, fetched the first time."""
    target = WORK / "source" / name
    done = target / ".complete"
    if done.exists():
        return target
    downloads = WORK / "download" / name
    downloads.mkdir(parents=True, exist_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    environment = apt_environment()
    if not any((WORK / "apt" / "lists").glob("*Sources*")):
        tool(["apt-get", "-q", "update"], WORK, environment)
    tool(["apt-get", "-q", "source", "--download-only", PACKAGES[name]], downloads, environment)
    for archive in sorted(downloads.glob("*.orig.tar.*")):
        if archive.suffix != ".asc":
            tool(["tar", "xf", str(archive)], target)
    done.touch()
    return target


def package(name):
    """A binary package's files, unpacked and not installed."""
    target = WORK / "package" / name
    done = target / ".complete"
    if not done.exists():
        target.mkdir(parents=True, exist_ok=True)
        tool(["apt-get", "-q", "download", name], target)
        for archive in target.glob("*.deb"):
            tool(["dpkg-deb", "-x", str(archive), str(target)], target)
        done.touch()
    return target


def phpt_sections():
    """The FILE sections of PHP's own tests, each as a file."""
    source, target = unpacked("php8.2"), WORK / "phpt"
    done = target / ".complete"
    if not done.exists():
        for test in sorted(source.rglob("*.phpt")):
            section = SECTION.search(test.read_bytes())
            if section:
                file = (target / test.relative_to(source)).with_suffix(".php")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(section.group(1))
        done.touch()
    return target


def files(name):
    """The paths of one corpus in order: phpt, wordpress, symfony or laravel."""
    folder = phpt_sections() if name == "phpt" else unpacked(name)
    return sorted(str(file) for file in folder.rglob("*.php") if file.is_file())
