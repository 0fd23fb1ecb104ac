"""The readers of /proc and the server handling, tried on real processes."""

import contextlib
import io
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock
from pathlib import Path

from lib import procfs
from lib.pairing import NotRun
from lib.process import Server, Workspace, connects, free_port, run_load

LISTEN = "import socket,sys,time; s=socket.create_server(('127.0.0.1',int(sys.argv[1]))); time.sleep(60)"


class Processes(unittest.TestCase):
    def test_cpu_of_children_is_counted_and_sleep_is_not(self):
        burn = ("import time; end=time.process_time()+0.3\nwhile time.process_time()<end: pass\n"
                "print(flush=True); time.sleep(600)")
        parent = f"import subprocess,sys; subprocess.run([sys.executable,'-c',{burn!r}])"
        with subprocess.Popen([sys.executable, "-c", parent], start_new_session=True,
                              stdout=subprocess.PIPE) as process:
            try:
                process.stdout.readline()  # the child has burnt what it had to
                self.wait_until(lambda: procfs.cpu_ns(process.pid) > 0.3e9)
                before = procfs.cpu_ns(process.pid)
                time.sleep(0.3)
                self.assertLess(procfs.cpu_ns(process.pid) - before, 0.1e9)
            finally:
                for pid in reversed(procfs.process_tree(process.pid)):
                    subprocess.run(["kill", "-9", str(pid)], check=True)

    def wait_until(self, true, timeout_s=60):
        end = time.monotonic() + timeout_s
        while not true():
            self.assertLess(time.monotonic(), end, "never became true")
            time.sleep(0.05)

    def test_memory_follows_what_is_touched(self):
        code = "import time; x=bytearray(64<<20); time.sleep(60)"
        with subprocess.Popen([sys.executable, "-c", code]) as process:
            try:
                self.wait_until(lambda: procfs.memory_bytes(process.pid) > 64 << 20)
                self.assertLess(procfs.memory_bytes(process.pid), 128 << 20)
                self.assertGreater(procfs.memory_bytes(process.pid, "Pss"), 64 << 20)
            finally:
                process.kill()

    def test_a_server_is_ready_when_it_accepts_and_gone_when_the_workspace_closes(self):
        port = free_port()
        with Workspace() as space:
            space.serve([sys.executable, "-c", LISTEN, port], port)
            self.assertTrue(connects(port))
            kept = space.path
        self.assertFalse(connects(port))
        self.assertFalse(kept.exists())

    def test_a_load_that_hangs_is_killed_and_said_to_have_failed(self):
        with tempfile.TemporaryDirectory() as folder, unittest.mock.patch("lib.process.LOAD_GRACE_S", 15):
            note = Path(folder, "pid")
            code = f"import os,time; open({str(note)!r},'w').write(str(os.getpid())); time.sleep(600)"
            with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaisesRegex(NotRun, "was killed"):
                run_load([sys.executable, "-c", code], 1)
            self.assertIn("!! FAILED: ", said.getvalue())
            self.assertFalse(Path("/proc", note.read_text(encoding="ascii")).exists())
        self.assertEqual(run_load(["echo", "done"], 1).stdout, "done\n")

    def test_a_server_that_dies_says_its_last_words(self):
        server = Server([sys.executable, "-c", "import sys; sys.exit('no configuration')"], free_port())
        with self.assertRaisesRegex(NotRun, "no configuration"):
            server.wait_ready()
        server.end()


if __name__ == "__main__":
    unittest.main()
