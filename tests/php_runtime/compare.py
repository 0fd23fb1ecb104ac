#!/usr/bin/env python3
"""Compares every builtin of the Go runtime with PHP's own, call by call, byte by byte; or of the C++ runtime.

    tests/php_runtime/compare.py [--calls N] [--seed S] [--only NAME,...] [--show N] [--cpp DRIVER]

The calls come from calls.py; one process of PHP and one of Go answer all of them. --cpp names the program
php_runtime_driver that a build made, which answers in the place of Go, for the functions of src/php_runtime/have.txt. A
function of the table that got no call is an error. Exit status: 0 all equal, 1 differences, 2 a program is missing or a
driver died.
"""
import argparse
import collections
import math
import os
import re
import resource
import shutil
import struct
import subprocess
import sys
import tempfile

import calls
import pools

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
CLASSES = os.path.join(ROOT, "runtimes", "go", "classes.tsv")
TABLE = os.path.join(ROOT, "runtimes", "go", "builtins.tsv")
CPP_HAS = os.path.join(ROOT, "src", "php_runtime", "have.txt")
RUN_SECONDS_MAX = 1200
PHP = ["-n", "-d", "display_errors=1", "-d", "html_errors=0", "-d", "error_reporting=32767", "-d",
    "extension=mbstring", "-d", "extension=intl", "-d", "extension=iconv",
       "-d", "date.timezone=UTC", "-d", "extension=ctype", "-d", "precision=14", "-d", "serialize_precision=-1"]
MEMORY_BYTES_MAX = 2 << 30
UNEQUAL_BY_NATURE = {"time", "microtime", "hrtime", "uniqid", "random_int", "random_bytes", "getmypid",
    "memory_get_usage",
                     "memory_get_peak_usage", "lcg_value", "spl_object_id", "spl_object_hash", "mt_getrandmax_",
                     "password_hash", "sys_get_temp_dir", "php_uname", "gethostname", "date", "localtime", "getdate",
                         "gmdate",
                     "mktime", "gmmktime", "idate", "gettimeofday", "strtotime"}
SIGN_ONLY = {"strcmp", "strncmp", "strcoll", "substr_compare"}  # what memcmp() gives is the processor's business
LIBM_TOLERANCE = 1e-14
OBJECT_NUMBER = re.compile(r"#\d+ \(")
FLAGS = {function.name: function.flags for function in calls.read_table(TABLE)}
SHAPE_ONLY = UNEQUAL_BY_NATURE - {"date", "gmdate", "mktime", "gmmktime", "idate", "getdate", "localtime", "strtotime"}


def program(name, package):
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is missing; apt-get install {package}")
    return path


def build_driver(directory):
    binary = os.path.join(directory, "driver")
    subprocess.run([program("go", "golang-go"), "build", "-o", binary, "."], cwd=os.path.join(HERE, "go_driver"),
        check=True,
                   env=dict(os.environ, GOFLAGS="-mod=mod", GOTOOLCHAIN="local"))
    return binary


def bound_memory():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def cpp_functions():
    """The functions of the table that the C++ runtime has."""
    with open(CPP_HAS, encoding="utf-8") as file:
        have = set(file.read().split())
    return [function for function in calls.read_table(TABLE) if function.name in have]


def answers(command, lines, bounded=True):
    """What a driver says to each line, started in an empty folder; less than there are lines where it died."""
    command = [os.path.abspath(command[0]) if os.sep in command[0] else command[0], *command[1:]]
    with tempfile.TemporaryDirectory(prefix="banyan-php-") as folder:
        run = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, encoding="latin-1",
                             timeout=RUN_SECONDS_MAX, check=False, cwd=folder,
                             preexec_fn=bound_memory if bounded else None)
    found = run.stdout.split("\n")[:-1]
    if len(found) < len(lines):
        print(f"{command[0]} died at: {lines[len(found)]}\n{run.stdout[-600:]}\n{run.stderr[-3000:]}", file=sys.stderr)
    return found


def sign(text):
    number = int(text[1:text.index(";")])
    return (number > 0) - (number < 0)


def near(php, go):
    """Two floats whose last bits may differ, as they are another libm's."""
    if php[:1] != "d" or go[:1] != "d" or "NAN" in php + go:
        return php == go
    first, second = (struct.unpack(">d", bytes.fromhex(text[1:17]))[0] for text in (php, go))
    return first == second or math.isclose(first, second, rel_tol=LIBM_TOLERANCE, abs_tol=1e-300)


def alike(function, php, go):
    php, go = (OBJECT_NUMBER.sub("#n (", text) for text in (php, go))
    if function in SIGN_ONLY and php[0] == go[0] == "i":
        return php.partition(";")[2] == go.partition(";")[2] and sign(php) == sign(go)
    if "inexact" in FLAGS.get(function, ()) and near(php, go):
        return True
    if function in SHAPE_ONLY and php[:1] not in "E":
        return php[:1] == go[:1]
    return php == go


def make_calls(functions, count, seed):
    maker = calls.Maker(seed)
    lines = ["mt_srand\ti1;"]
    for function in functions:
        if function.name in pools.NOT_CALLED or function.name in pools.NEVER_CALLED:
            continue
        wanted = count if function.parameters else 2
        lines += dict.fromkeys(maker.call(function) for _ in range(wanted))
    names = {function.name for function in functions}
    for name, methods in calls.read_methods(CLASSES).items() if len(names) > 1 else ():
        lines += [calls.object_line(maker, name, methods) for _ in range(count)]
    return lines + [calls.sequence_line(s) for s in pools.SEQUENCES if names.issuperset(call[0] for call in s)]


def compare(functions, lines, directory, cpp=None):
    """The differing calls by function, and the number of calls; cpp is the driver that answers in the place of Go."""
    if cpp:  # a sanitizer sets out far more memory than it uses, so that no bound can be set
        go = answers([cpp], lines, bounded=False)
    else:
        go = answers([build_driver(directory)], lines)
    php = answers([program("php", "php8.2-cli"), *PHP, os.path.join(HERE, "driver.php")], lines)
    if len(go) < len(lines) or len(php) < len(lines):
        raise RuntimeError("a driver died before the end")
    different = collections.defaultdict(list)
    called = collections.Counter()
    for line, expected, got in zip(lines, php, go):
        name = line.split("\t")[0]
        for call in line.split("\t|\t"):
            called[call.split("\t")[0]] += 1
        if not alike(name, expected, got):
            different[name].append((line, expected, got))
    for function in functions:
        if called[function.name] == 0 and function.name not in pools.NEVER_CALLED:
            different[function.name].append(("was not called", "", ""))
    return different, sum(called.values())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--show", type=int, default=3)
    parser.add_argument("--cpp", default="")
    options = parser.parse_args()
    functions = cpp_functions() if options.cpp else calls.read_table(TABLE)
    if options.only:
        functions = [f for f in functions if f.name in options.only.split(",")]
    lines = make_calls(functions, options.calls, options.seed)
    with tempfile.TemporaryDirectory(prefix="banyan-php-") as directory:
        try:
            different, total = compare(functions, lines, directory, options.cpp)
        except (FileNotFoundError, RuntimeError, subprocess.SubprocessError) as error:
            print(error, file=sys.stderr)
            return 2
    for name in sorted(different):
        for line, expected, got in different[name][:options.show]:
            print(f"{line}\n    php {expected}\n    {'c++' if options.cpp else 'go '} {got}")
    bad = sum(len(found) for found in different.values())
    counts = " ".join(f"{name}({len(found)})" for name, found in sorted(different.items()))
    print(f"{len(functions)} functions, {total} calls (seed {options.seed}), {bad} different in {len(different)}")
    print(counts)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
