#!/usr/bin/env python3
"""Holds the tree to the rules of STYLE.md that a program can check; run as the test `tidy`.

    tools/tidy.py [--update] [ROOT]

Each finding is one line, `file:line: what, and what to do`. Long functions, files and lines are held by a ratchet,
tools/tidy_ratchet.json: an entry is written by hand, with its reason in the commit, what it names may shrink but not
grow, and --update lowers the entries to what there is now and drops those no longer needed. C++ is not parsed but
scanned: comments and strings are blanked, then the heads before braces are told apart by their punctuation
(tools/cpp_scan.py), which is enough for code that clang-format has laid out.

Exit status: 0 nothing found, 1 something found, 2 wrong call.
"""
import ast
import collections
import itertools
import json
import os
import re
import sys

from cpp_scan import blank, functions_of

FUNCTION_LINES = 70
FUNCTION_LINES_NEVER = 150
FILE_LINES = 800
LINE_COLUMNS = 120
PARAMETERS = 5
MACROS = 20
RATCHET = "tools/tidy_ratchet.json"

SKIPPED_FOLDERS = {".git", ".cache", "build", "run", "dist", "node_modules", "testdata", "__pycache__"}
FORBIDDEN_NAMES = {"util", "utils", "common", "helper", "helpers", "misc"}
CPP = (".h", ".cpp", ".c")
LINED = CPP + (".py", ".sh", ".cmake", ".txt", ".yaml", ".yml", ".js", ".css", ".json")
HEADER_BANS = {
    "filesystem": "costs most of a second in every file that includes it; use it in a source file, or open/stat",
    "regex": "costs most of a second in every file that includes it, and its matching is exponential",
    "boost/": "costs seconds in every file that includes it",
    "nlohmann/": "the json module reads and writes JSON",
    "yaml-cpp/": "stays in the one source file that loads configuration",
    "gtest/": "belongs in x_test.cpp",
}
EVERYWHERE_BANS = {"iostream": "has static constructors and locales; write with std::fputs, or log",
                   "boost/": "is not used here", "nlohmann/": "the json module reads and writes JSON"}
SYSTEM_MACROS = {"_GNU_SOURCE"}


class Tree:
    """The files of the tree, each read once, and what is wrong with them."""

    def __init__(self, root):
        self.root = root
        self.texts = {}
        self.blanked = {}
        self.findings = []
        self.files = []
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if name not in SKIPPED_FOLDERS)
            self.files += [os.path.relpath(os.path.join(folder, name), root) for name in sorted(names)]

    def text(self, file):
        if file not in self.texts:
            with open(os.path.join(self.root, file), encoding="utf-8", errors="replace") as stream:
                self.texts[file] = stream.read()
        return self.texts[file]

    def code(self, file):
        """A C++ file with comments and the insides of literals turned into spaces."""
        if file not in self.blanked:
            self.blanked[file] = blank(self.text(file))
        return self.blanked[file]

    def ending(self, *endings):
        return [file for file in self.files if file.endswith(endings)]

    def exists(self, path):
        return os.path.exists(os.path.join(self.root, path))

    def found(self, file, line, message):
        self.findings.append((file, line, message))


def main(arguments):
    update = "--update" in arguments
    roots = [argument for argument in arguments if not argument.startswith("-")]
    if len(roots) > 1 or any(argument.startswith("-") and argument != "--update" for argument in arguments):
        print("usage: tools/tidy.py [--update] [ROOT]", file=sys.stderr)
        return 2
    tree = Tree(roots[0] if roots else os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    check_includes(tree)
    check_banned_headers(tree)
    check_macros(tree)
    check_names(tree)
    check_types(tree)
    check_lines(tree)
    check_scripts(tree)
    check_documents(tree)
    check_translations(tree)
    check_parameters(tree)
    check_lengths(tree, update)
    for file, line, message in sorted(tree.findings):
        print(f"{file}:{line}: {message}")
    print(f"{len(tree.files)} files, {len(tree.findings)} findings")
    return 1 if tree.findings else 0


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


# Includes against the DEPENDS of banyan_module().

def modules_of(tree):
    """Module -> the set of modules its files may include, and the larger set its tests may."""
    modules = {}
    for file in tree.files:
        match = re.fullmatch(r"src/(\w+)/CMakeLists\.txt", file)
        call = match and re.search(r"banyan_module\(([^)]*)\)", re.sub(r"#.*", "", tree.text(file)))
        if not call:
            continue
        name, *words = call.group(1).split()
        if name != match.group(1):
            tree.found(file, 1, f"the module is called {name} but its folder {match.group(1)}; give them one name")
        lists, keyword = {}, ""
        for word in words:
            if word in ("DEPENDS", "LIBS", "TEST_LIBS"):
                keyword = word
            else:
                lists.setdefault(keyword, set()).add(word)
        own = {name} | lists.get("DEPENDS", set())
        for_tests = {word.removeprefix("banyan_") for word in lists.get("TEST_LIBS", set())}
        modules[match.group(1)] = (own, own | for_tests)
    return modules


def check_includes(tree):
    modules = modules_of(tree)
    for file in tree.ending(*CPP):
        folder, _, rest = file.partition("/")
        module = rest.partition("/")[0] if folder == "src" else None
        if module is not None and module not in modules:
            tree.found(file, 1, f"src/{module} has no CMakeLists.txt with banyan_module({module} ...); write it")
            modules[module] = None
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', tree.text(file), re.MULTILINE):
            check_include(tree, file, line_of(tree.text(file), match.start()), match.group(1), modules.get(module))


def check_include(tree, file, line, target, allowed):
    first, slash, _ = target.partition("/")
    if not slash and not file.startswith("src/") and tree.exists(os.path.join(os.path.dirname(file), target)):
        return
    if not slash:
        tree.found(file, line, f'#include "{target}" names no module; write it as "module/{target}"')
    elif file.startswith("src/") and not tree.exists(f"src/{target}"):
        tree.found(file, line, f'#include "{target}": there is no src/{target}; a library\'s header takes <...>')
    elif allowed is not None:
        stem = os.path.splitext(file)[0]
        permitted = allowed[1] if stem.endswith(("_test", "_fuzz", "_bench")) else allowed[0]
        if first not in permitted and tree.exists(f"src/{first}"):
            module = file.split("/")[1]
            tree.found(file, line, f"module {module} does not declare {first}; add it to DEPENDS in "
                                   f"src/{module}/CMakeLists.txt, or do without it")


def check_banned_headers(tree):
    yaml_sources = []
    for file in tree.ending(*CPP):
        for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"]+)[>"]', tree.text(file), re.MULTILINE):
            header, line = match.group(1), line_of(tree.text(file), match.start())
            bans = {**EVERYWHERE_BANS, **(HEADER_BANS if file.endswith(".h") else {})}
            for ban, reason in bans.items():
                if header == ban or (ban.endswith("/") and header.startswith(ban)):
                    place = "in a header " if ban in HEADER_BANS else ""
                    tree.found(file, line, f"<{header}> {place}is refused: {reason}")
            if header.startswith("yaml-cpp/") and file.startswith("src/") and file.endswith(".cpp"):
                yaml_sources.append((file, line))
    for file, line in sorted(dict(reversed(yaml_sources)).items())[1:]:
        tree.found(file, line, f"yaml-cpp is already used by {min(yaml_sources)[0]}; keep it in that one file")


def check_macros(tree):
    names = set()
    for file in tree.ending(*CPP):
        for match in re.finditer(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", tree.code(file), re.MULTILINE):
            name = match.group(1)
            if file.startswith("src/") and name.startswith("BANYAN_"):
                names.add(name)
            elif not (name.startswith("BANYAN_") or name in SYSTEM_MACROS or f"#undef {name}\n" in tree.text(file)):
                tree.found(file, line_of(tree.code(file), match.start()),
                           f"macro {name} does not start with BANYAN_; rename it, #undef it, or use a constant")
    if len(names) >= MACROS:
        tree.found("src", 1, f"{len(names)} macros; fewer than {MACROS} are allowed: {' '.join(sorted(names))}")


# Names, lines and scripts.

def check_names(tree):
    for file in tree.files:
        *folders, name = file.split("/")
        for part in [*folders, name.partition(".")[0]]:
            if part.lower() in FORBIDDEN_NAMES:
                tree.found(file, 1, f"the name {part} says nothing; name the subject, or put the code with its user")
        if name.endswith(CPP) and not re.fullmatch(r"[a-z0-9_]+\.\w+", name):
            tree.found(file, 1, "file names are snake_case; rename it")


# One name, one type: the linker takes either of two, and what the other's code does with it damages memory.
def check_types(tree):
    defined = {}
    for file in tree.ending(*CPP):
        if not file.startswith("src/") or file.endswith(("_test.cpp", "_fuzz.cpp", "_bench.cpp")):
            continue
        spaces, lines = [], tree.text(file).splitlines()
        for number, text in enumerate(tree.code(file).splitlines(), 1):
            if match := re.match(r"namespace ?([\w:]*) \{", text):
                spaces.append(match.group(1))
            elif re.match(r"\} *$", text) and "// namespace" in lines[number - 1]:
                del spaces[-1:]
            elif "" not in spaces and (match := re.match(
                    r"(?:struct|class|enum class|union) (?:alignas\(\w+\) )?(\w+)(?: final)?(?: :.*)? \{", text)):
                name = "::".join([*spaces, match.group(1)])
                if defined.setdefault(name, file) != file:
                    tree.found(file, number, f"{name} is also defined in {defined[name]}; rename one of them")


def is_script(tree, file):
    return "." not in os.path.basename(file) and tree.text(file).startswith("#!")


def check_lines(tree):
    for file in tree.files:
        if not (file.endswith(LINED) or file.endswith(".md") or is_script(tree, file)):
            continue
        for number, line in enumerate(tree.text(file).split("\n"), 1):
            if line != line.rstrip():
                tree.found(file, number, "blanks at the end of the line; remove them")
            if line.startswith(("<<<<<<< ", ">>>>>>> ")):
                tree.found(file, number, "a merge conflict that nobody settled")
            if "\t" in line:
                tree.found(file, number, "a tab; indent with spaces, and write \\t in a literal")


def check_scripts(tree):
    for file in tree.files:
        path = os.path.join(tree.root, file)
        with open(path, "rb") as stream:
            starts = stream.read(2) == b"#!"
        if starts and not os.access(path, os.X_OK):
            tree.found(file, 1, f"starts with #! but cannot be executed; chmod +x {file}")


# Documents: every path and every relative link in them must exist.

PATH_IN_TICKS = re.compile(r"`((?:src|apps|examples|web|tests|bench|docs|tools|cmake|packaging|\.ci)/[^\s`]*|"
                           r"[A-Z]+\.md|Makefile|CMakeLists\.txt|CMakePresets\.json|\.clang-\w+)[^`]*`")
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def check_documents(tree):
    for file in tree.ending(".md"):
        text = re.sub(r"^```.*?^```", lambda match: re.sub(r"[^\n]", " ", match.group()), tree.text(file),
                      flags=re.MULTILINE | re.DOTALL)
        for match in PATH_IN_TICKS.finditer(text):
            path = re.sub(r"(:\d+)+$|[.,;:)]+$", "", match.group(1))
            if not is_pattern(path) and not tree.exists(path):
                tree.found(file, line_of(text, match.start()), f"`{path}` does not exist; correct the path or the tree")
        for match in LINK.finditer(text):
            check_link(tree, file, line_of(text, match.start()), match.group(1) or match.group(2))


def is_pattern(path):
    """Whether a path stands for many: src/NAME, x_test.cpp, docs/*.md."""
    return bool(re.search(r"[*<>{}$]|(^|/)(NAME|PRESET|x)([_/]|$)", path))


def check_link(tree, file, line, target):
    path = target.partition("#")[0]
    if re.match(r"\w+:", target) or not path:
        return
    if not tree.exists(os.path.join(os.path.dirname(file), path)):
        tree.found(file, line, f"the link to {target} leads nowhere; correct it")


# Translations: NAME.LANGUAGE.md beside NAME.md has the same headings, code, tables, links, figures and names in ticks.

def check_translations(tree):
    for file in tree.ending(".md"):
        match = re.fullmatch(r"(.*)\.[a-z]{2}(-[A-Z]{2})?(\.md)", file)
        if not match:
            continue
        original = match.group(1) + match.group(3)
        if not tree.exists(original):
            tree.found(file, 1, f"translates {original}, which is not there; remove or rename one of them")
            continue
        pair = {os.path.basename(file), os.path.basename(original)}
        ours, theirs = parts_of(tree.text(file), pair), parts_of(tree.text(original), pair)
        for kind, wanted in theirs.items():
            if wrong := (odd_ones if kind in UNORDERED else difference)(wanted, ours[kind]):
                tree.found(file, 1, f"is not in step with {original}: {kind}: {wrong}")


# What may stand in another order in another language's sentence.
UNORDERED = ("link", "figure", "name in ticks")


def parts_of(text, pair):
    """What a translation has in common with its original, by kind. PAIR: the two files, which link to each other."""
    fence = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
    prose = fence.sub("", text)
    tables = re.findall(r"(?:^\|.*\n)+", prose, re.MULTILINE)
    ticks = re.findall(r"`([^`\n]+(?:\n[^`\n]+)?)`", prose)
    links = [one or other for one, other in LINK.findall(prose)]
    words = re.sub(r"`[^`]*`|\]\([^)]*\)|<[^>]*>", " ", prose)
    return {"heading": re.findall(r"^(#+) ", prose, re.MULTILINE), "block of code": fence.findall(text),
            "table": [[row.count("|") for row in table.splitlines()] for table in tables],
            "link": [link for link in links if link not in pair],
            "figure": re.findall(r"\d+(?:[.,]\d+)*", words),
            "name in ticks": [" ".join(tick.split()) for tick in ticks]}


def difference(wanted, got):
    """The first place where two lists are not alike, in words; "" where they are."""
    for one, other in itertools.zip_longest(wanted, got):
        if one != other:
            there, here = ("nothing" if part is None else repr(part)[:60] for part in (one, other))
            return f"{there} there, {here} here"
    return ""


def odd_ones(wanted, got):
    """What only one of two lists has, in words; "" where they hold the same in whatever order."""
    lacking, added = (sorted((one - other).elements()) for one, other in
                      itertools.permutations(map(collections.Counter, (wanted, got))))
    return "; ".join([*(f"{one!r} is missing" for one in lacking[:3]), *(f"{one!r} is too many" for one in added[:3])])


# Parameters and lengths.

def check_parameters(tree):
    for file in tree.ending(".h", ".cpp"):
        lines = tree.text(file).split("\n")
        for function in functions_of(tree.code(file)):
            if function.parameters > PARAMETERS and "fixed signature" not in " ".join(
                    lines[max(0, function.line - 2):function.line]):
                tree.found(file, function.line,
                           f"{function.name} takes {function.parameters} parameters, {PARAMETERS} are allowed; pass a "
                           "struct (where a library dictates them, say \"fixed signature\" in the line above)")


def check_lengths(tree, update):
    ratchet = {"functions": {}, "files": {}, "lines": {}}
    if tree.exists(RATCHET):
        ratchet.update(json.loads(tree.text(RATCHET)))
    kept = {"files": check_file_lengths(tree, ratchet["files"]),
            "functions": check_function_lengths(tree, ratchet["functions"]),
            "lines": check_line_lengths(tree, ratchet["lines"])}
    if update:
        with open(os.path.join(tree.root, RATCHET), "w", encoding="utf-8") as stream:
            stream.write(json.dumps(kept, indent=2, sort_keys=True) + "\n")
        return
    for kind in ("files", "functions"):
        for name in sorted(set(ratchet[kind]) - set(kept[kind])):
            tree.found(RATCHET, 1, f"{name} is no longer too long; lower the ratchet with tools/tidy.py --update")


def check_file_lengths(tree, ratchet):
    """Reports the files that are too long and returns the ratchet's entries that are still needed, lowered."""
    kept = {}
    for file in tree.ending(*CPP, ".py") + [file for file in tree.files if is_script(tree, file)]:
        lines = tree.text(file).count("\n")
        if lines <= FILE_LINES:
            continue
        if "long because" not in first_paragraph(tree.text(file)):
            tree.found(file, 1, f"{lines} lines; split it, or say in its first paragraph why: \"long because\" ...")
        if lines > ratchet.get(file, 0):
            tree.found(file, 1, f"{lines} lines, and {ratchet.get(file, 'nothing')} is allowed in {RATCHET}; split it")
        if file in ratchet:
            kept[file] = min(ratchet[file], lines)
    return kept


def first_paragraph(text):
    """The comment a file opens with, up to its first line of code."""
    head = re.match(r"(#!.*\n)?((\s*(//|#).*\n|\s*\n)+|\s*(\"\"\"|/\*)(.|\n)*?(\"\"\"|\*/))", text)
    return " ".join(head.group().replace("//", " ").replace("#", " ").split()) if head else ""


def check_line_lengths(tree, ratchet):
    """As check_file_lengths, for lines: an entry is the number of overlong lines a file may have."""
    kept = {}
    for file in [file for file in tree.files if file.endswith(LINED[:-1]) or is_script(tree, file)]:
        lines = without_raw_strings(tree.text(file)).split("\n")
        overlong = [number for number, line in enumerate(lines, 1) if len(line) > LINE_COLUMNS and "://" not in line]
        if len(overlong) > ratchet.get(file, 0):
            for number in overlong:
                tree.found(file, number, f"{len(lines[number - 1])} columns; break the line at {LINE_COLUMNS}")
        if overlong and file in ratchet:
            kept[file] = min(ratchet[file], len(overlong))
    return kept


def without_raw_strings(text):
    """What stands in a raw string cannot be broken into lines, so its columns do not count."""
    return re.sub(r'R"(\w*)\(.*?\)\1"', lambda match: "\n" * match.group().count("\n"), text, flags=re.DOTALL)


def check_function_lengths(tree, ratchet):
    """As check_file_lengths, for functions."""
    kept = {}
    for file, line, name, lines in all_functions(tree):
        if lines <= FUNCTION_LINES:
            continue
        key = f"{file}:{name}"
        if lines > FUNCTION_LINES_NEVER:
            tree.found(file, line, f"{name} has {lines} lines; over {FUNCTION_LINES_NEVER} is never allowed, divide it")
        elif lines > ratchet.get(key, 0):
            allowed = ratchet.get(key, FUNCTION_LINES)
            tree.found(file, line, f"{name} has {lines} lines, {allowed} are allowed; divide it")
        if key in ratchet:
            kept[key] = min(ratchet[key], lines)
    return kept


def all_functions(tree):
    """Every (file, line, name, number of lines) of C++, Python and shell."""
    for file in tree.ending(*CPP):
        for function in functions_of(tree.code(file)):
            if function.lines:
                yield file, function.line, function.name, function.lines
    for file in tree.files:
        text = tree.text(file) if file.endswith((".py", ".sh")) or is_script(tree, file) else ""
        if file.endswith(".py") or "python" in text.partition("\n")[0]:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                    yield file, node.lineno, node.name, node.end_lineno - node.lineno + 1
        else:
            for match in re.finditer(r"^(\w+)\(\) \{\n(?:.*\n)*?\}", text, re.MULTILINE):
                yield file, line_of(text, match.start()), match.group(1), match.group().count("\n") + 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
