import tempfile
import unittest
from pathlib import Path

from lib import record


def run(bench, date, *cases):
    return {"bench": bench, "date": date, "cases": [{"case": name} for name in cases]}


class Added(unittest.TestCase):
    def test_a_later_run_takes_the_place_of_its_own_cases_only(self):
        lines = record.added([run("proxy", 1, "h1", "h2"), run("start", 1, "h1")], run("proxy", 2, "h2"))
        self.assertEqual(lines, [run("proxy", 1, "h1"), run("start", 1, "h1"), run("proxy", 2, "h2")])

    def test_a_run_without_cases_left_goes(self):
        whole = run("proxy", 2, "h1", "h2")
        self.assertEqual(record.added([run("proxy", 1, "h1")], whole), [whole])


class Files(unittest.TestCase):
    def test_what_was_written_is_read_again(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.jsonl"
            self.assertEqual(record.read(file), [])
            record.write(file, [run("proxy", 1, "h1"), run("start", 1, "P99")])
            self.assertEqual(record.read(file), [run("proxy", 1, "h1"), run("start", 1, "P99")])

    def test_a_file_without_a_result_line_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "proxy.txt"
            for text in ("", "no JSON\n", "3\n", "{}\n"):
                file.write_text(text)
                with self.assertRaisesRegex(SystemExit, "proxy.txt: its last line is no result line"):
                    record.result_line(file)


if __name__ == "__main__":
    unittest.main()
