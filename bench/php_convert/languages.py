"""What the tests are converted to: how many converted files become one program, so that it is linked once."""

import re
import subprocess
from pathlib import Path

from lib import build
from lib.machine import BUILD
from lib.pairing import NotRun
from lib.process import find_program

ROOT = Path(__file__).resolve().parent.parent.parent
BUILDS_MAX = 8


class Go:
    case = "phpt"
    flags = ()

    def __init__(self, _options):
        self.go = find_program("go")
        self.version = build.version_of([self.go, "version"])

    def write(self, folder, number, code):
        package = folder / f"p{number}"
        package.mkdir(exist_ok=True)
        (package / "main.go").write_bytes(code.replace(b"func main() {", b"func Main() {"))

    def start(self, folder):
        (folder / "go.mod").write_text("module m\n\ngo 1.19\n\nrequire banyan/php v0.0.0\n\nreplace banyan/php => "
                                       f"\"{ROOT / 'runtimes' / 'go' / 'php'}\"\n", encoding="utf-8")

    def build(self, folder, numbers):
        """The program, or nothing; and what does not build."""
        imports = "".join(f'\tp{one} "m/p{one}"\n' for one in numbers)
        cases = "".join(f'\tcase "{one}":\n\t\tp{one}.Main()\n' for one in numbers)
        (folder / "main.go").write_text(f'package main\n\nimport (\n\t"os"\n{imports})\n\nfunc main() {{\n\tswitch '
                                        f'os.Args[1] {{\n{cases}\t}}\n}}\n', encoding="utf-8")
        done = subprocess.run([self.go, "build", "-o", "program", "."], cwd=folder, capture_output=True, text=True,
                              check=False)
        faulty = {int(one) for one in re.findall(r"^(?:\./)?p(\d+)/main\.go:", done.stderr, re.M)}
        return (folder / "program" if done.returncode == 0 else None), faulty, done.stderr


class Cpp:
    case = "phpt-cpp"
    flags = ("--cpp",)

    def __init__(self, options):
        self.banyan = (options.banyan_dir or BUILD.parent / "release").resolve()
        if not options.banyan_dir:
            build.banyan_program("src/php_runtime/libbanyan_php_runtime.a")
        if not (self.banyan / "banyan-config.cmake").exists():
            raise NotRun(f"no build of Banyan is in {self.banyan}")
        self.clang = find_program("clang++-19", "clang++")
        self.version = build.version_of([self.clang, "--version"])

    def start(self, folder):
        for old in folder.glob("p*.cpp"):
            old.unlink()

    def write(self, folder, number, code):
        path = folder / f"p{number}.cpp"
        path.write_bytes(code)

    def build(self, folder, numbers):
        declared = "".join(f"namespace p{one} {{ void script(); }}\n" for one in numbers)
        cases = "".join(f"    case {one}: return banyan::php_runtime::run_program(&p{one}::script);\n"
                        for one in numbers)
        (folder / "main.cpp").write_text(
            f'#include <cstdlib>\n\n#include "php_runtime/builtins.h"\n\n{declared}\nint main(int, char** argv) {{\n'
            f"  switch (std::atoi(argv[1])) {{\n{cases}  }}\n  return 2;\n}}\n", encoding="utf-8")
        sources = " ".join(f"p{one}.cpp" for one in numbers)
        (folder / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(tests LANGUAGES CXX)\nfind_package(banyan REQUIRED)\n"
            f"add_executable(program main.cpp {sources})\ntarget_link_libraries(program PRIVATE banyan_php_runtime)\n"
            "target_compile_options(program PRIVATE -Wall -Wextra -Werror -Wno-shadow -Wno-conversion)\n"
            "target_compile_definitions(program PRIVATE BANYAN_PHP_NO_MAIN)\n"
            "target_precompile_headers(program PRIVATE <php_runtime/builtins.h>)\n", encoding="utf-8")
        steps = [["cmake", "-S", ".", "-B", "build", "-G", "Ninja", f"-DCMAKE_CXX_COMPILER={self.clang}",
                  "-DCMAKE_BUILD_TYPE=None", f"-Dbanyan_DIR={self.banyan}"],
                 ["cmake", "--build", "build", "--", "-k", "0"]]
        said = ""
        for step in steps:
            done = subprocess.run(step, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
            said = done.stdout + done.stderr
            if done.returncode:
                break
        (folder / "build.log").open("a", encoding="utf-8").write(said if done.returncode else "")
        faulty = {int(one) for one in re.findall(r"^FAILED: .*/p(\d+)\.cpp\.o", said, re.M)}
        return (folder / "build" / "program" if done.returncode == 0 else None), faulty, said


def built(language, folder, numbers):
    """The program, and those that are in it. What does not build is left out, and the rest built again."""
    numbers = list(numbers)
    for _ in range(BUILDS_MAX):
        program, faulty, said = language.build(folder, numbers)
        if program:
            return program, numbers
        if not faulty:
            raise NotRun("the build failed: " + said[-300:])
        numbers = [one for one in numbers if one not in faulty]
    raise NotRun("the build fails again and again")
