"""The harness itself: a client that overlooks a fault, or an upstream that commits none, would make every other test
worthless."""
import os
import signal
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

from lib.case import GatewayCase
from lib.faulty_upstream import answers, by_target, closes, echoes, hangs, resets, sends
from lib.php import start_nginx, start_php_fpm, write_scripts
from lib.raw_http import ConnectionClosed, Load, RawClient, ResponseError, chunked, fetch
from processes import Child, ProcessError, free_port, wait_until

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


class PortTest(unittest.TestCase):
    def test_no_port_is_given_twice_in_one_process_or_in_two(self):
        ours = [free_port() for _ in range(200)]
        script = "import processes; print(*[processes.free_port() for _ in range(2000)])"
        theirs = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=True, text=True,
                                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}).stdout.split()
        self.assertEqual((len(set(ours)), len(set(theirs))), (200, 2000))
        self.assertEqual(set(map(int, theirs)) & set(ours), set())


class ClientTest(GatewayCase):
    def read(self, data, then="close", timeout=60, **arguments):
        with RawClient(self.start_upstream(sends(data, then, **arguments)).address, timeout) as client:
            return client.request("GET", "/")

    def test_reads_bodies_of_every_framing(self):
        self.assertEqual(self.read(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc").body, b"abc")
        self.assertEqual(self.read(b"HTTP/1.1 200 OK\r\n\r\nabc").body, b"abc")
        data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked([b"ab", b"c"], b"T: 1\r\n")
        answer = self.read(data, parts=7, pause=0.01)
        self.assertEqual((answer.body, answer.trailers), (b"abc", [("T", "1")]))
        self.assertEqual(self.read(b"HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 204 No\r\n\r\n").status, 204)

    def test_notices_every_fault(self):
        ok = b"HTTP/1.1 200 OK\r\n"
        faults = [ok + b"Content-Length: 4\r\n\r\nabc", ok + b"Content-Le", b"garbage\r\n\r\n",
                  ok + b"Transfer-Encoding: chunked\r\n\r\n3\r\nab", ok + b"Bad Header : 1\r\n\r\n",
                  ok + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"]
        for data in faults:
            with self.subTest(data), self.assertRaises(ResponseError):
                self.read(data)
        with self.assertRaises(ConnectionClosed):
            self.read(b"")
        with self.assertRaises(ResponseError):
            self.read(b"", "reset")
        with self.assertRaises(TimeoutError):
            self.read(b"", "hang", timeout=1)

    def test_the_upstream_keeps_what_it_received(self):
        upstream = self.start_upstream(echoes())
        with RawClient(upstream.address) as client:
            sent = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked([b"one", b"two"])
            client.send(sent)
            self.assertTrue(client.read_response().body.endswith(b"\r\n\r\nonetwo"))
            client.request("GET", "/b")
        self.assertEqual((upstream.requests, len(upstream.connections)), (2, 1))
        self.assertTrue(bytes(upstream.connections[0]).startswith(sent))

    def test_one_upstream_commits_several_faults_and_goes_away(self):
        upstream = self.start_upstream(
            by_target({"/reset": resets(), "/close": closes(), "/hang": hangs()}, answers(b"fine")))
        self.assertEqual(fetch(upstream.address, "/").body, b"fine")
        for target in ("/reset", "/close"):
            with self.assertRaises(ResponseError):
                fetch(upstream.address, target)
        hung = RawClient(upstream.address)
        hung.send(b"GET /hang HTTP/1.1\r\n\r\n")
        wait_until(lambda: upstream.requests == 4, 60, "the request arriving")
        upstream.stop()
        self.assertTrue(hung.at_end())
        hung.close()
        with self.assertRaises(OSError):
            fetch(upstream.address, "/")
        self.assertEqual(fetch(self.start_upstream(port=upstream.port).address, "/").body, b"ok")

    def test_load_counts_answers_and_tells_failures(self):
        upstream = self.start_upstream(answers(headers=[("Connection", "close")]))
        with Load(upstream.address, clients=2) as load:
            load.wait_answers(20)
            self.assertEqual((load.failures, load.bodies), ([], {b"ok"}))
            upstream.behaviour = answers(status="500 Oops")
            wait_until(lambda: load.failures, 60, "a failure")
            upstream.behaviour = sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort")
            wait_until(lambda: any("ResponseError" in failure for failure in load.failures), 60, "a truncated answer")


class RunnerTest(GatewayCase):
    def test_leaves_a_result_for_every_case_and_says_what_was_skipped(self):
        with open(self.path("sample.py"), "w", encoding="ascii") as file:
            file.write("import unittest\nclass Sample(unittest.TestCase):\n"
                       "    def test_good(self): pass\n"
                       "    def test_bad(self): self.fail('on purpose')\n"
                       "    @unittest.skip('no such <machine>')\n    def test_elsewhere(self): pass\n")
        runner = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "run_cases.py")
        environment = {**os.environ, "PYTHONPATH": self.directory, "GTEST_OUTPUT": f"xml:{self.path('x')}/"}
        done = subprocess.run([sys.executable, "-B", runner, "some", "sample"], capture_output=True, text=True,
                              env=environment, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("!! SKIPPED: sample.Sample.test_elsewhere: no such <machine>", done.stderr)
        cases = {case.get("name"): case for case in ElementTree.parse(self.path("x", "some.xml")).iter("testcase")}
        self.assertEqual(cases["test_elsewhere"].find("skipped").get("message"), "no such <machine>")
        self.assertIsNotNone(cases["test_bad"].find("failure"))
        self.assertEqual(len(cases["test_good"]), 0)
        self.assertEqual(len(cases), 3)


class ChildTest(GatewayCase):
    def test_a_missing_program_and_one_that_dies_are_told(self):
        with self.assertRaisesRegex(ProcessError, "cannot be started"):
            Child("none", [self.path("none")], self.path("none.log"))
        child = Child("dies", [sys.executable, "-c", "import sys; sys.exit('last words')"], self.path("dies.log"))
        with self.assertRaisesRegex(ProcessError, "(?s)status 1.*last words"):
            child.wait_listening("127.0.0.1:1")

    def test_a_child_that_ignores_sigterm_is_killed(self):
        child = Child("stubborn", [sys.executable, "-c",
                                   "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
                                   "print('ready', flush=True); time.sleep(60)"], self.path("stubborn.log"))
        wait_until(child.log_tail, 60, "the child being ready")
        self.assertEqual(child.stop(timeout=0.3), -signal.SIGKILL)

    def test_children_end_with_a_parent_that_was_killed(self):
        script = f"""
import sys
sys.path[:0] = {sys.path!r}
from processes import Child
import time
print(Child("grandchild", {SLEEPER!r}, {self.path("grand.log")!r}).pid, flush=True)
time.sleep(60)"""
        parent = Child("parent", [sys.executable, "-c", script], self.path("parent.log"))
        grandchild = int(wait_until(lambda: (said := parent.log_tail()).endswith("\n") and said, 60,
                                    "the grandchild's pid"))
        parent.send(signal.SIGKILL)
        parent.wait()

        def gone():
            try:
                with open(f"/proc/{grandchild}/stat", encoding="ascii") as file:
                    return file.read().split()[2] == "Z"
            except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or before it was read
                return True
        wait_until(gone, 60, "the grandchild ending")


class ServersTest(GatewayCase):
    def test_php_behind_nginx(self):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo $_SERVER['REQUEST_URI'], '|', file_get_contents('php://input');"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        wait_until(lambda: len(fpm.worker_pids()) == 2, 60, "both workers")
        nginx, address = start_nginx(self.directory, root, fpm.listen)
        self.addCleanup(nginx.stop)
        self.assertEqual(fetch(address, "/some/path?q", method="POST", body=b"data").body, b"/some/path?q|data")
        killed = fpm.worker_pids()[0]
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: len(set(fpm.worker_pids()) - {killed}) == 2, 60, "a new worker")
        self.assertEqual(fpm.stop(), 0)
