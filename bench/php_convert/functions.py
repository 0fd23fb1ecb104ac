"""Which share of the functions of published PHP libraries are converted, build, are clean, and do what PHP does.

The libraries are Debian packages, each with its tests as a source of inputs: doctrine/inflector, Symfony's String and
Yaml, Laravel's Str and Arr. `banyan php verify` compares every function and method on at least 200 inputs. What counts:
all of them but those that depend on more than their arguments (files, time, chance...), constructors, which run for the
methods, and methods of abstract classes that nothing extends. Of these a function passes if it is converted, its
file builds, no checker says anything of it, and all inputs are answered alike, 200 or all there are. A refusal is a
failure; `silent_share` is the share that answers otherwise than PHP without a word.

TheAlgorithms/PHP is in no package registry: --algorithms FOLDER names a copy of it.
"""

import json
import subprocess

import corpus
from lib import build, outcome
from lib.machine import BUILD
from lib.pairing import NotRun
from lib.process import find_program

INPUTS = 200
BAR = 0.95
SILENT_BAR = 0.005
SECONDS_MAX = 3600
LEFT_OUT = ("effect:", "constructor", "abstract-class", "anonymous-class", "non-deterministic")
CHECKS = ("equal_share_functions", "unequal_share_functions", "silent_share", "dynamic_share")

# name: (package, its sources, its tests), by patterns below the unpacked source.
LIBRARIES = {
    "inflector": ("inflector", ["lib/Doctrine/Inflector/**/*.php"], ["tests/**/*.php"]),
    "symfony-string": ("symfony", ["src/Symfony/Component/String/*.php", "src/Symfony/Component/String/Exception/*.php",
                                   "src/Symfony/Component/String/Inflector/*.php",
                                   "src/Symfony/Component/String/Slugger/*.php",
                                   "src/Symfony/Contracts/Translation/LocaleAwareInterface.php"],
                       ["src/Symfony/Component/String/Tests/**/*.php"]),
    "symfony-yaml": ("symfony", ["src/Symfony/Component/Yaml/*.php", "src/Symfony/Component/Yaml/Exception/*.php",
                                 "src/Symfony/Component/Yaml/Tag/*.php"],
                     ["src/Symfony/Component/Yaml/Tests/*.php"]),
    "laravel-str-arr": ("laravel", ["src/Illuminate/Support/Str.php", "src/Illuminate/Collections/Arr.php",
                                    "src/Illuminate/Macroable/**/*.php"],
                        ["tests/Support/SupportStrTest.php", "tests/Support/SupportArrTest.php"]),
}


def files(folder, patterns):
    return sorted({str(path) for pattern in patterns for path in folder.glob(pattern) if path.is_file()})


def library(name, options):
    """The sources and tests of a library."""
    if name == "algorithms":
        folder = options.algorithms
        sources = [path for path in files(folder, ["**/*.php"]) if "/tests/" not in path and "/vendor/" not in path]
        return sources, files(folder, ["tests/**/*.php"])
    package, sources, tests = LIBRARIES[name]
    folder = next(one for one in corpus.unpacked(package).iterdir() if one.is_dir())
    if not files(folder, sources):
        raise NotRun(f"the package {package} has no files {sources[0]}")
    return files(folder, sources), files(folder, tests)


def evidence_of(name, options, program, to):
    sources, tests = library(name, options)
    report = BUILD / "php" / f"{name}-{to}-evidence.json"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    argv = [program, "php", "verify", *sources, "--inputs", str(INPUTS), "--seed", str(options.seed), "--report",
            str(report), "--php-program", find_program("php8.2"), "--to", to]
    argv += (["--go-program", options.go or find_program("go")] if to == "go"
             else ["--banyan-dir", str((options.banyan_dir or BUILD.parent / "release").resolve())])
    for test in tests:
        argv += ["--tests", test]
    done = subprocess.run(argv, capture_output=True, text=True, errors="replace", timeout=SECONDS_MAX, check=False)
    if done.returncode == 2 or not report.exists():
        raise NotRun(f"banyan php verify: {done.stderr.strip()[-300:]}")
    return json.loads(report.read_text(encoding="utf-8"))


def case_name(name, to):
    return f"functions-{name}" if to == "go" else f"functions-{to}-{name}"


def counts(one):
    return not (one["state"] == "not_run" and one["reason"].startswith(LEFT_OUT))


def passes(one):
    enough = one["compared"] >= min(INPUTS, one["inputs"]) > 0
    return one["state"] == "equal" and enough and not one["findings"]


def is_silent(one):
    return one["state"] == "different" and not one.get("example", {}).get("slow")


def share_check(name, those, total, wilson, bar=None):
    value = those / total if total else 1.0
    return outcome.check(name, value, bar=bar, interval=wilson(those, total))


def row_of(name, evidence, wilson, to):
    """The row of one library, or of all of them."""
    functions = [one for one in evidence["functions"] if counts(one)]
    converted = [one for one in functions if one["state"] != "refused"]
    total, good = len(functions), sum(map(passes, functions))
    states = ", ".join(f"{state} {count}" for state, count in evidence["counts"].items() if count)
    print(f"  {name}: {good} of {total} pass ({states})", flush=True)
    silent = sum(map(is_silent, functions))
    dynamic = sum(one["dynamic"] for one in converted)
    # A bar is an upper one: what is held against it is the share that does not pass.
    checks = [share_check("equal_share_functions", good, total, wilson),
              share_check("unequal_share_functions", total - good, total, wilson, round(1 - BAR, 4)),
              share_check("silent_share", silent, total, wilson, SILENT_BAR),
              share_check("dynamic_share", dynamic, len(converted), wilson),
              outcome.check("functions", total), outcome.check("left_out", len(evidence["functions"]) - total),
              outcome.check("refused", total - len(converted)),
              outcome.check("findings", sum(len(one["findings"]) for one in evidence["functions"]))]
    tools = evidence["tools"]
    checkers = ", ".join(f"{name} {one.get('problem') or 'ran'}" for name, one in tools.items()
                         if name not in ("php", evidence["language"]))
    case = case_of(name, to, f"PHP {tools['php']}, {tools[to]['version']}, {checkers}")
    return outcome.checked_row(case, [good / total if total else 0], checks, version="")


def case_of(name, to, setup=""):
    return outcome.Case(case_name(name, to), "equal_share_functions", "higher", setup)


def not_run(name, why, to):
    return outcome.unchecked_row(case_of(name, to), dict.fromkeys(CHECKS), why)


def rows(options, wilson, to):
    """A row for each library, and one for all that ran."""
    program = options.banyan or str(build.banyan_program("apps/banyan/banyan"))
    together, out = None, []
    for name in ([*LIBRARIES][:1] if options.quick else [*LIBRARIES, "algorithms"]):
        try:
            if name == "algorithms" and not options.algorithms:
                raise NotRun("TheAlgorithms/PHP is in no package registry: give a copy with --algorithms")
            evidence = evidence_of(name, options, program, to)
        except (NotRun, subprocess.TimeoutExpired) as reason:
            out.append(not_run(name, str(reason), to))
            continue
        out.append(row_of(name, evidence, wilson, to))
        if together is None:
            together = {**evidence, "functions": [], "counts": {}}
        together["functions"] = together["functions"] + evidence["functions"]
        for state, count in evidence["counts"].items():
            together["counts"][state] = together["counts"].get(state, 0) + count
    out.append(row_of("all", together, wilson, to) if together else not_run("all", "no library ran", to))
    return out
