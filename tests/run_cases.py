"""Runs modules of unittest, and leaves what became of each case where programs of gtest leave theirs:

    python3 -B run_cases.py NAME MODULE...

With GTEST_OUTPUT=xml:DIRECTORY/ it writes DIRECTORY/NAME.xml, from which tools/test counts cases and names at the end
of the run those that were skipped, with their reasons. Exit status: 0 all passed or skipped, 1 something did not.
"""
import os
import resource
import sys
import unittest
import xml.etree.ElementTree as ElementTree


class Cases(unittest.TextTestResult):
    """Remembers every case as an element of the results file."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.suite = ElementTree.Element("testsuite")

    def note(self, test, kind=None, message=""):
        kind_of_test, _, name = test.id().rpartition(".")
        case = ElementTree.SubElement(self.suite, "testcase", classname=kind_of_test, name=name, status="run")
        if kind:
            ElementTree.SubElement(case, kind, message=message)

    def addSuccess(self, test):
        super().addSuccess(test)
        self.note(test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.note(test, "skipped", reason)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.note(test, "failure")

    def addError(self, test, err):
        super().addError(test, err)
        self.note(test, "failure")

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.note(test, "failure")


def main(name, *modules):
    # Some cases hold thousands of connections, and many a shell allows 1,024 descriptors.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    cases = unittest.TestLoader().loadTestsFromNames(modules)
    result = unittest.TextTestRunner(resultclass=Cases).run(cases)
    for test, reason in result.skipped:
        print(f"!! SKIPPED: {test.id()}: {reason}", file=sys.stderr)
    place = os.environ.get("GTEST_OUTPUT", "")
    if place.startswith("xml:"):
        os.makedirs(place[4:], exist_ok=True)
        root = ElementTree.Element("testsuites")
        root.append(result.suite)
        ElementTree.ElementTree(root).write(os.path.join(place[4:], name + ".xml"), encoding="utf-8")
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
