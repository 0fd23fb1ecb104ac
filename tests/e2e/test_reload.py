"""Configuration changes while serving: by the file itself, by SIGHUP; none drops a request or a connection; a bad one
changes nothing."""
import os
import re
import signal

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.raw_http import Load, RawClient, ResponseError
from processes import wait_until


class ReloadTest(GatewayCase):
    def setUp(self):
        super().setUp()
        self.one, self.two = self.start_upstream(answers(b"1")), self.start_upstream(answers(b"2"))
        self.gateway = self.start_gateway(self.body(self.one))

    def body(self, upstream):
        return (f'clusters:\n  up: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
                "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")

    def answered_by(self, body):
        return wait_until(lambda: self.gateway.fetch("/").body == body, 60, f"answers of {body}")

    def test_a_replaced_file_takes_effect_by_itself(self):
        self.gateway.write_config(self.body(self.two))
        self.answered_by(b"2")
        self.gateway.wait_revision(2)
        self.assertEqual(self.gateway.status()["config_revision"], 2)

    def test_a_file_written_in_place_takes_effect_by_itself(self):
        with open(self.gateway.config, "w", encoding="utf-8") as file:
            file.write(self.gateway.text(self.body(self.two)))
        self.answered_by(b"2")

    def test_a_link_turned_to_another_directory_takes_effect_by_itself(self):
        """As Kubernetes mounts a ConfigMap: the name stays, the directory behind it is swapped."""
        for name, upstream in (("first", self.one), ("second", self.two)):
            self.make_directory(name)
            with open(self.path(name, "banyan.yaml"), "w", encoding="utf-8") as file:
                file.write(self.gateway.text(self.body(upstream)).replace("admin.token", self.path("admin.token")))
        self.gateway.stop()
        os.symlink("first", self.path("..data"))
        os.remove(self.gateway.config)
        os.symlink("..data/banyan.yaml", self.gateway.config)
        self.gateway.start()
        os.symlink("second", self.path("..data_tmp"))
        os.replace(self.path("..data_tmp"), self.path("..data"))
        self.answered_by(b"2")

    def test_sighup(self):
        self.gateway.child.send(signal.SIGHUP)
        self.gateway.wait_revision(2)
        self.answered_by(b"1")

    def test_twenty_changes_under_load_lose_nothing(self):
        with Load(self.gateway.address, clients=8) as load:
            for number in range(20):
                self.gateway.write_config(self.body(self.two if number % 2 == 0 else self.one))
                if number % 3 == 0:
                    self.gateway.child.send(signal.SIGHUP)
                load.wait_answers(50)
                if number == 0:
                    wait_until(lambda: b"2" in load.bodies, 60, "an answer by the new configuration")
        self.assertEqual(load.failures, [])
        self.assertEqual(load.bodies, {b"1", b"2"})

    def test_the_connection_and_the_request_under_way_stay(self):
        self.one.behaviour = answers(b"1", delay=1.0)
        with RawClient(self.gateway.address) as client:
            client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            wait_until(lambda: self.one.requests == 1, 60, "the request at the upstream")
            self.gateway.write_config(self.body(self.two))
            self.answered_by(b"2")
            self.assertEqual(client.read_response().body, b"1")
            # Its worker may come to the new configuration after the one that answered above.
            wait_until(lambda: client.request("GET", "/").body == b"2", 60, "the new configuration on the connection")

    def test_a_bad_file_leaves_the_old_one_serving_and_is_told(self):
        self.gateway.write_config(self.body(self.two).replace("to: up", "to: nowhere"))
        error = wait_until(lambda: self.gateway.status()["config_error"], 60, "config_error")
        self.assertIn("nowhere", str(error))
        self.assertEqual((self.gateway.fetch("/").body, self.gateway.status()["config_revision"]), (b"1", 1))
        wait_until(lambda: re.search(r"banyan\.yaml:\d+:\d+", self.gateway.log()), 60,
                   "the place of the mistake in the log")
        for text in ("", "\0", "version: 1\n"):
            self.gateway.write_text(text)
            self.gateway.child.send(signal.SIGHUP)
            self.assertEqual(self.gateway.fetch("/").body, b"1")
        os.remove(self.gateway.config)
        self.gateway.child.send(signal.SIGHUP)
        self.assertEqual(self.gateway.fetch("/").body, b"1")
        self.gateway.write_config(self.body(self.two))
        self.answered_by(b"2")
        wait_until(lambda: self.gateway.status()["config_error"] is None, 60, "no config_error")

    def test_counters_of_a_route_survive(self):
        for _ in range(3):
            self.gateway.fetch("/")
        self.gateway.wait_requests("all", 3)
        self.gateway.write_config(self.body(self.two))
        self.gateway.wait_revision(2)
        self.assertEqual(self.gateway.route("all")["requests"], 3)

    def test_a_listener_can_be_added_and_removed(self):
        extra = f"127.0.0.1:{self.gateway.admin.rsplit(':', 1)[1]}".replace("127.0.0.1", "127.0.0.2")
        self.gateway.listen.append(f'"{extra}"')
        self.gateway.write_config(self.body(self.one))
        wait_until(lambda: self.try_fetch(extra), 60, "the new listener")
        self.gateway.listen.pop()
        self.gateway.write_config(self.body(self.one))
        wait_until(lambda: not self.try_fetch(extra), 60, "the listener closing")
        self.assertEqual(self.gateway.fetch("/").body, b"1")

    def try_fetch(self, address):
        try:
            with RawClient(address) as client:
                return client.request("GET", "/").body == b"1"
        except (OSError, ResponseError):
            return False
