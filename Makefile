# The doors to everything. `make` alone lists them; each is one short script under tools/, which can be called by hand.
.DEFAULT_GOAL := help
.PHONY: help up test test-tsan soak bench fuzz lint tidy package cleanroom clean

help:
	@echo 'Banyan: moves PHP, Python and Java backends to native services, endpoint by endpoint.'
	@echo
	@echo '  make up          set up, build, and run the example: PHP, its native twin and the gateway before both'
	@echo '                     SECONDS=120 ends it by itself; Ctrl-C ends it cleanly'
	@echo '  make test        set up, build, and run every test (address, undefined behaviour, thread sanitizer)'
	@echo '  make test-tsan   the thread sanitizer part of it, and a gateway under load with it, which takes longer'
	@echo '  make soak        the long tests (tests/soak), one after another'
	@echo '  make bench       every measurement against its peers, then docs/benchmarks.md'
	@echo '  make fuzz        every fuzzer in turn, FUZZ_SECONDS=30 each'
	@echo '  make lint        clang-format and clang-tidy on the changed C++ files; ALL=1 for every file'
	@echo '  make tidy        the rules of the house (tools/tidy.py), which are also a test'
	@echo '  make package     dist/: the Debian package and what the Dockerfile needs'
	@echo '  make cleanroom   prove `make up` and `make test` in a fresh minimal Debian (needs root and debootstrap)'
	@echo '  make clean       remove build/, run/ and dist/'

up:
	@tools/setup build demo
	@tools/up

test:
	@tools/setup build demo test
	@tools/test asan tsan

test-tsan:
	@tools/setup build demo test
	@tools/test tsan tsan-more

soak:
	@tools/setup build demo test
	@tools/soak

bench:
	@tools/setup build demo bench
	@tools/bench

fuzz:
	@tools/setup build
	@tools/fuzz

lint:
	@tools/setup build lint
	@tools/lint

tidy:
	@python3 tools/tidy.py

package:
	@tools/setup build package
	@tools/package

cleanroom:
	@tools/cleanroom

clean:
	rm -rf build run dist
