"""A Python and a Java user centre move to the native service as the PHP one does (test_usercenter_run): profile on
evidence, batch only once the native service is mended. All three services are real, and so is the traffic."""
import asyncio
import json
import os
import shutil
import subprocess
import threading
import time

from lib.usercenter import UserCentreCase, batch_questions, profile_questions
from processes import Child, ProcessError, free_port, wait_until
from seed import user_row
from servers import start_native
from story import BATCH, PROFILE, Story, differing
from traffic import Traffic

SERVICES = os.path.join(os.path.dirname(__file__), "..", "user_centres")
USERS = 10_000
CLIENTS = 4
STORY_TIMEOUT_S = 600
MIGRATE = ("migrate: {from: legacy, to: native, mismatch_bound: 1%, steps: [25%, 100%], hold: 1s, "
           "build: {header: x-build}, mirror: {timeout: 60s}}")


def native_binary():
    path = os.environ.get("USERCENTER_NATIVE_BIN")
    if not path:
        raise ProcessError(
            "USERCENTER_NATIVE_BIN is not set: run these tests through ctest, or set it to usercenter-native")
    return path


class Clients(threading.Thread):
    """The example's requests, of profiles and batches alone, in a thread of its own while in a `with`. Each client
    waits for its answers, and now and then for one of the old service: what is asked of that, copies included, is then
    never more than it can bear. Where the new one can bear less, they pause."""

    def __init__(self, address, pause_s=0.0):
        super().__init__(daemon=True)
        self.address = address
        self.pause_s = pause_s
        self.tally = None
        self.loop = asyncio.new_event_loop()
        self.stopping = asyncio.Event()

    def run(self):
        self.loop.run_until_complete(self.ask())

    async def ask(self):
        traffic = Traffic(self.address, 1.0, USERS)
        self.tally = traffic.tally
        await asyncio.gather(*(self.one(traffic) for _ in range(CLIENTS)))
        for connection in traffic.idle:
            connection.close()

    async def one(self, traffic):
        while not self.stopping.is_set():
            for ask in (traffic.mix.profile, traffic.mix.batch, traffic.mix.health):
                await traffic.ask(ask(), time.monotonic())
                await asyncio.sleep(self.pause_s)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.join()
        self.loop.close()


class MoveCase(UserCentreCase):
    def deploy(self, build, options):
        """A build of the native service; its address."""
        listen = f"127.0.0.1:{free_port()}"
        native = start_native(native_binary(), self.make_directory(build), listen, self.path(build + ".sock"),
                              self.database, options)
        self.addCleanup(native.stop)
        return native, listen

    def text(self, legacy, native):
        return (f'ledger: {{file: banyan.db}}\nclusters:\n  legacy: {{protocol: http1, endpoints: ["{legacy}"]}}\n'
                f'  native: {{protocol: http1, endpoints: ["{native}"]}}\nroutes:\n'
                f"  - {{id: {PROFILE}, match: {{method: GET, path: /user/profile}}, {MIGRATE}}}\n"
                f"  - {{id: {BATCH}, match: {{method: POST, path: /user/batch}}, safe: true, {MIGRATE}}}\n"
                "  - {id: healthz, match: {path: /healthz}, to: legacy}\n")

    def follow(self, gateway, story, reached):
        """Looks at the ledger until REACHED says so of the story."""
        started = time.monotonic()

        def look():
            self.seen = {route: gateway.ask_admin(f"/ledger/{route}").json() for route in (PROFILE, BATCH)}
            story.see(time.monotonic() - started, self.seen)
            return reached(story)

        try:
            wait_until(look, STORY_TIMEOUT_S, "the story going on", interval=0.3)
        except ProcessError:
            print(json.dumps([document["route"] for document in self.seen.values()], indent=1))
            raise

    def check_contract(self, legacy, native):
        """The old service answers every question as the native one does, so that what differs is the build's doing."""
        for question in [*profile_questions(), *batch_questions()]:
            if question.method != "GET" or "batch" not in question.name:
                with self.subTest(question.name):
                    old, new = self.ask(legacy, question), self.ask(native, question)
                    self.assertEqual((old.status, old.json()), (new.status, new.json()))
                    self.assertEqual(old.get("content-type"), new.get("content-type"))

    def check_move(self, legacy, legacy_build):
        first, address = self.deploy("first", ["--first-build"])
        gateway = self.start_gateway(self.text(legacy, address))
        story = Story()
        with Clients(gateway.address) as clients:
            self.follow(gateway, story, lambda told: told.moved is not None and told.held_back is not None)
            self.assertEqual(story.differing, "$.missing[*] (type)")
            sample = wait_until(lambda: gateway.ask_admin(f"/ledger/{BATCH}").json()["samples"], 60, "a sample")[0]
            self.assertEqual([str(user_id) for user_id in sample["old"]["body"]["missing"]],
                             sample["new"]["body"]["missing"])
            self.assertEqual(self.seen[BATCH]["route"]["share_hundredths"], 0)
            _, address = self.deploy("second", [])
            gateway.write_config(self.text(legacy, address))
            gateway.wait_revision(2)
            self.assertEqual(first.stop(), 0)
            story.mended = 0
            story.moved = None
            # The profile is still at native by what the first build has shown, until the second has answered.
            self.follow(gateway, story, lambda told: told.moved is not None and told.moved_too is not None and all(
                (seen["route"]["new_build"], seen["route"]["stage"]) == ("native-2", "native")
                for seen in self.seen.values()))
        self.assertEqual(clients.tally.examples, [])
        for route, document in self.seen.items():
            builds = document["route"]["old_build"], document["route"]["new_build"]
            self.assertEqual(builds, (legacy_build, "native-2"))
            self.assertEqual(differing(document), "", route)
            moves = [(move["to"]["stage"], move["by"]) for move in document["transitions"][:3]]
            self.assertEqual(moves, [("native", "evidence"), ("shifted", "evidence"), ("verified", "evidence")])
        self.check_contract(legacy, address)

    def start_old(self, name, command):
        port = free_port()
        child = Child(name, [*command[:-1], str(port), command[-1]], self.path(name + ".out"))
        self.addCleanup(child.stop)
        child.wait_listening(f"127.0.0.1:{port}", 60)
        return f"127.0.0.1:{port}"

    def setUp(self):
        super().setUp()
        self.database = self.seeded("users.db")


class FlaskTest(MoveCase):
    def test_a_flask_user_centre_moves_on_evidence(self):
        python = "/usr/bin/python3"
        if subprocess.run([python, "-c", "import flask"], capture_output=True, check=False).returncode != 0:
            self.skipTest("there is no Flask: apt-get install python3-flask")
        script = os.path.join(SERVICES, "flask_user_centre.py")
        self.check_move(self.start_old("flask", [python, "-B", script, self.database]), "flask-7")


class JavaTest(MoveCase):
    def test_a_java_user_centre_moves_on_evidence(self):
        if shutil.which("javac") is None:
            self.skipTest("there is no JDK: apt-get install default-jdk-headless")
        classes = self.make_directory("classes")
        source = os.path.join(SERVICES, "UserCentre.java")
        done = subprocess.run(["javac", "-Xlint:all", "-Werror", "-d", classes, source], capture_output=True, text=True,
                              timeout=300, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        with open(self.path("users.tsv"), "w", encoding="utf-8") as file:
            for user_id in range(1, USERS + 1):
                file.write("\t".join("\\N" if value is None else str(value) for value in user_row(user_id)) + "\n")
        command = ["java", "-Xmx64m", "-cp", classes, "UserCentre", self.path("users.tsv")]
        self.check_move(self.start_old("java", command), "java-17")


if __name__ == "__main__":
    import unittest

    unittest.main()
