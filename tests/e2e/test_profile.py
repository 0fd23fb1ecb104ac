"""/debug/pprof: profiles of a gateway under load, decoded here by hand and by the public pprof tool."""
import gzip
import os
import shutil
import subprocess
import threading

from lib.case import GatewayCase
from lib.gateway import binary, run_banyan
from lib.raw_http import Load, fetch
from processes import wait_until


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        shift += 7
        at += 1
        if byte < 0x80:
            return value, at


def fields(data):
    """(number, value) of a message of protocol buffers; a value is an integer or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
            if len(value) != size:
                raise ValueError("a field is cut off")
        else:
            raise ValueError(f"wire type {key & 7}")
        yield key >> 3, value


def packed(data):
    at, values = 0, []
    while at < len(data):
        value, at = varint(data, at)
        values.append(value)
    return values


class Profile:
    """What perftools.profiles.Profile says, with names in place of indexes. The form is that of profile.proto."""

    def __init__(self, compressed):
        top = {}
        for number, value in fields(gzip.decompress(compressed)):
            top.setdefault(number, []).append(value)
        self.strings = [text.decode() for text in top[6]]
        if self.strings[0] != "":
            raise ValueError("the first string is not empty")
        text = lambda message, number: self.strings[dict(fields(message)).get(number, 0)]
        self.kinds = [(text(kind, 1), text(kind, 2)) for kind in top[1]]
        self.mappings = {one[1]: {**one, "file": self.strings[one.get(5, 0)], "build_id": self.strings[one.get(6, 0)]}
                         for one in (dict(fields(mapping)) for mapping in top.get(3, []))}
        functions = {dict(fields(one))[1]: text(one, 2) for one in top.get(5, [])}
        self.locations = {}
        for one in top.get(4, []):
            location = dict(fields(one))
            line = dict(fields(location[4])) if 4 in location else {}
            self.locations[location[1]] = (location.get(3, 0), location.get(2), functions.get(line.get(1), ""))
        self.samples = []
        for one in top.get(2, []):
            sample = dict(fields(one))
            self.samples.append(([self.locations[id] for id in packed(sample[1])], packed(sample[2])))
        self.duration_ns = top.get(10, [0])[0]
        self.period = top.get(12, [0])[0]

    def total(self, kind):
        return sum(values[kind] for _, values in self.samples)


class ProfileTest(GatewayCase):
    def start(self):
        return self.proxy(self.start_upstream())

    def test_a_cpu_profile_names_the_functions_that_work(self):
        gateway = self.start()
        with Load(gateway.address) as load:
            load.wait_answers(20)
            answer = gateway.ask_admin("/debug/pprof/profile?seconds=3")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.get("content-type"), "application/octet-stream")
        profile = Profile(answer.body)
        self.assertEqual(profile.kinds, [("samples", "count"), ("cpu", "nanoseconds")])
        self.assertEqual(profile.period, 10_000_000)
        self.assertEqual(profile.total(1), profile.total(0) * profile.period)
        self.assertGreater(profile.total(0), 0)
        self.assertGreaterEqual(profile.duration_ns, 2_900_000_000)
        names = {frame[2] for stack, _ in profile.samples for frame in stack}
        self.assertTrue(any(name.startswith("banyan::") for name in names), sorted(names))
        # Stacks lead down to the loop of a worker, and every address lies in the mapping it names.
        depths = [len(stack) for stack, _ in profile.samples]
        self.assertGreater(max(depths), 3, depths)
        for address, mapping, _ in profile.locations.values():
            if mapping is not None:
                self.assertLessEqual(profile.mappings[mapping][2], address)
                self.assertLess(address, profile.mappings[mapping][3])
        own = [one for one in profile.mappings.values() if one["file"] == os.path.realpath(binary())]
        self.assertTrue(own and all(len(one["build_id"]) == 40 for one in own), profile.mappings)

    def test_the_public_tool_reads_it(self):
        go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin:/usr/lib/go/bin")
        if go is None:
            self.skipTest("there is no go, whose `go tool pprof` reads profiles: apt-get install golang-go")
        # From Go 1.25 on the tool is built when it is first asked for, which takes a while.
        try:
            built = subprocess.run([go, "tool", "-n", "pprof"], capture_output=True, text=True, timeout=300,
                                   check=False)
        except subprocess.TimeoutExpired:
            self.skipTest("`go tool pprof` was not built within two minutes; run it once by hand")
        if built.returncode != 0:
            self.skipTest("this go comes without `go tool pprof`")
        gateway = self.start()
        cpu, tasks = self.path("cpu.pb.gz"), self.path("tasks.pb.gz")
        with Load(gateway.address) as load:
            load.wait_answers(20)
            run = run_banyan("profile", "-c", gateway.config, "--seconds", "2", "-o", cpu)
        self.assertEqual(run.returncode, 0, run.stderr)
        with open(tasks, "wb") as file:
            file.write(gateway.ask_admin("/debug/pprof/tasks").body)
        environment = {**os.environ, "PPROF_TMPDIR": self.directory}
        for path, expected in [(cpu, "Type: cpu"), (tasks, "Type: tasks")]:
            shown = subprocess.run([built.stdout.strip(), "-symbolize=none", "-top", path], capture_output=True,
                                   text=True, timeout=300, check=False, env=environment)
            self.assertEqual(shown.returncode, 0, shown.stderr)
            self.assertIn(expected, shown.stdout)
            self.assertIn("flat%", shown.stdout)

    def test_tasks_by_name_and_state(self):
        gateway = self.start()
        profile = Profile(gateway.ask_admin("/debug/pprof/tasks").body)
        self.assertEqual(profile.kinds, [("tasks", "count")])
        listed = gateway.ask_admin("/tasks").json()["tasks"]
        names = {stack[1][2] for stack, _ in profile.samples}
        self.assertTrue(names & {task["name"] for task in listed}, names)
        self.assertTrue(all(len(stack) == 2 and values[0] >= 1 for stack, values in profile.samples))

    def test_one_at_a_time_and_for_the_token_alone(self):
        gateway = self.start()
        # Several at once: one is taken, and those that come meanwhile are refused.
        results = []
        asking = [threading.Thread(target=lambda: results.append(gateway.ask_admin("/debug/pprof/profile?seconds=15")))
                  for _ in range(4)]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join(120)
        statuses = sorted(answer.status for answer in results)
        self.assertEqual(len(statuses), 4)
        self.assertIn(200, statuses)
        self.assertIn(409, statuses)
        self.assertEqual(fetch(gateway.admin, "/debug/pprof/profile?seconds=1").status, 401)
        for query in ("seconds=0", "seconds=61", "seconds=x", "seconds=-1"):
            self.assertEqual(gateway.ask_admin("/debug/pprof/profile?" + query).status, 400, query)
        self.assertEqual(gateway.ask_admin("/debug/pprof/profile", method="POST").status, 405)
        self.assertEqual(gateway.ask_admin("/debug/pprof/none").status, 404)
        wait_until(lambda: gateway.ask_admin("/debug/pprof/profile?seconds=1").status == 200, 60, "another one")

    def test_the_command_prints_what_costs_most(self):
        gateway = self.start()
        with Load(gateway.address) as load:
            load.wait_answers(20)
            run = run_banyan("profile", "-c", gateway.config, "--seconds", "2", "--top")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, r"^Total: \d+\.\d\ds in \d+ different stacks\n +flat +flat% +cum +cum%\n")
        self.assertIn("banyan::", run.stdout)
        self.assertEqual(run_banyan("profile", "-c", gateway.config, "--seconds", "61").returncode, 2)
        gateway.stop()
        self.assertEqual(run_banyan("profile", "-c", gateway.config, "--seconds", "1").returncode, 1)
