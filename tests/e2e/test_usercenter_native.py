"""The native user centre answers every question as the PHP one does. USERCENTER_NATIVE_BIN names the program."""
import os

from lib.php import start_nginx
from lib.raw_http import fetch
from lib.usercenter import UserCentreCase, questions
from processes import ProcessError, free_port, socket_directory
from servers import LEGACY_ROOT, start_legacy, start_native


def native_binary():
    path = os.environ.get("USERCENTER_NATIVE_BIN")
    if not path:
        raise ProcessError(
            "USERCENTER_NATIVE_BIN is not set: run these tests through ctest, or set it to usercenter-native")
    return path


class NativeTest(UserCentreCase):
    def start_native(self, options=()):
        listen = f"127.0.0.1:{free_port()}"
        socket = os.path.join(socket_directory(self.directory), "native.sock")
        native = start_native(native_binary(), self.directory, listen, socket, self.seeded("native.db"), options)
        self.addCleanup(native.stop)
        return native, listen, socket

    def test_every_answer_is_the_one_php_gives(self):
        legacy = self.start_php()
        _, native, _ = self.start_native()
        for question in questions():
            with self.subTest(question.name):
                old, new = self.ask(legacy, question), self.ask(native, question)
                self.assertEqual((new.status, new.json()), (old.status, old.json()))
                for header in ("content-type", "allow"):
                    self.assertEqual(new.get(header), old.get(header))

    def test_the_first_build_differs_in_the_missing_ids_of_a_batch_alone(self):
        legacy = self.start_php()
        _, native, _ = self.start_native(["--first-build"])
        different = set()
        for question in questions():
            old, new = self.ask(legacy, question), self.ask(native, question)
            self.assertEqual(new.get("x-build"), "native-1")
            if (new.status, new.json()) != (old.status, old.json()):
                different.add(question.name)
                mended = {**new.json(), "missing": [int(user_id) for user_id in new.json()["missing"]]}
                self.assertEqual((new.status, mended), (old.status, old.json()))
                self.assertEqual(new.json()["missing"], [str(user_id) for user_id in old.json()["missing"]])
        self.assertEqual(different, {"batch some unknown", "batch all unknown"})

    def test_both_listeners_serve_and_sigterm_ends_it_with_status_0(self):
        native, listen, socket = self.start_native()
        self.assertEqual(fetch(listen, "/healthz").json(), {"status": "ok"})
        self.assertEqual(fetch("unix:" + socket, "/healthz").json(), {"status": "ok"})
        self.assertEqual(native.stop(), 0)

    def test_both_services_see_one_database(self):
        legacy_directory = self.make_directory("legacy")
        database = self.seeded("shared.db")
        fpm = start_legacy(legacy_directory, socket_directory(legacy_directory), database)
        self.addCleanup(fpm.stop)
        nginx, legacy = start_nginx(legacy_directory, LEGACY_ROOT, fpm.listen)
        self.addCleanup(nginx.stop)
        listen = f"127.0.0.1:{free_port()}"
        native = start_native(native_binary(), self.directory, listen, self.path("n.sock"), database)
        self.addCleanup(native.stop)
        change = next(question for question in questions() if question.name == "update name")
        self.assertEqual(self.ask(listen, change).status, 200)
        self.assertEqual(fetch(legacy, "/user/profile?id=17").json(), fetch(listen, "/user/profile?id=17").json())
