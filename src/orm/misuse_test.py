"""Holds the compiler to what it says about misused queries: testdata/misuse.txt.

    misuse_test.py COMPILER SOURCE_FOLDER WORK_FOLDER

A case is a title after ==, the lines of a function's body (those after @ stand before the function), and after -> what
the first error has to contain. One without -> has to compile. The header is compiled once; each case then costs the
compiler some tenths of a second.
"""
import concurrent.futures
import os
import subprocess
import sys


def read_cases(path):
    cases = []
    with open(path, encoding="utf-8") as lines:
        for line in lines.read().splitlines():
            if line.startswith("== "):
                cases.append({"title": line[3:], "before": [], "body": [], "hints": []})
            elif line.startswith("-> "):
                cases[-1]["hints"].append(line[3:])
            elif line.startswith("@"):
                cases[-1]["before"].append(line[1:])
            else:
                cases[-1]["body"].append(line)
    return cases


def source_of(case):
    return "\n".join(["namespace banyan::orm::sample {", *case["before"],
                      "Task<SqlResult<void>> misuse(Database& db, Transaction& tx) {", "(void)db; (void)tx;",
                      *case["body"], "co_return {};", "}", "}  // namespace", ""])


def fault_of(case, number, command, folder):
    """What is wrong with how the compiler takes the case; None if nothing is."""
    path = os.path.join(folder, f"misuse_{number}.cpp")
    with open(path, "w", encoding="utf-8") as file:
        file.write(source_of(case))
    run = subprocess.run([*command, path], capture_output=True, text=True, check=False)
    errors = [line for line in run.stderr.splitlines() if "error: " in line]
    if not case["hints"]:
        return None if run.returncode == 0 else f"does not compile:\n    {run.stderr[:1500]}"
    if not errors:
        return "compiles"
    missing = [hint for hint in case["hints"] if hint not in errors[0]]
    return f"the first error lacks {missing}:\n    {errors[0]}" if missing else None


def main(compiler, source, folder):
    os.makedirs(folder, exist_ok=True)
    cases = read_cases(os.path.join(source, "orm/testdata/misuse.txt"))
    flags = ["-std=c++2b", f"-I{source}", "-Wall", "-Wextra", "-Wno-missing-field-initializers"]
    header = os.path.join(folder, "misuse.pch")
    subprocess.run([compiler, *flags, "-x", "c++-header", os.path.join(source, "orm/sample_entities.h"), "-o", header],
                   check=True)
    command = [compiler, *flags, "-include-pch", header, "-fsyntax-only"]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = list(pool.map(lambda item: fault_of(item[1], item[0], command, folder), enumerate(cases)))
    for case, fault in zip(cases, faults):
        if fault:
            print(f"{case['title']}: {fault}")
    wrong = sum(fault is not None for fault in faults)
    print(f"{len(cases) - wrong} cases as they should be, {wrong} not")
    return 1 if wrong or len(cases) < 40 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
