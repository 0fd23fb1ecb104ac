"""Everything at once: all kinds of traffic, clusters that fail, an operator who changes the configuration, forces
breakers and moves routes, and those who watch. What the threads of a gateway share is used from all sides meanwhile,
which is what the thread sanitizer has to see; in every build no client may notice more than the faults asked for."""
import json
import signal
import subprocess
import threading

from lib.case import GatewayCase
from lib.faulty_upstream import answers
from lib.migrate import profiles
from lib.php import openssl, start_php_fpm, write_scripts
from lib.raw_http import Load, RawClient, ResponseError, fetch
from processes import find_program, free_port, wait_until

CONFIGURATION = """
clusters:
  sound:
    protocol: http1
    balance: ewma
    slow_start: 1s
    endpoints: [{sound}]
    health: {{type: http, path: /health, interval: 1s, timeout: 20s}}
    concurrency: {{min: 100, max: 200, initial: 100}}
  faulty:
    protocol: http1
    balance: {balance}
    endpoints: [{faulty}]
    outlier: {{consecutive_failures: 3, base_ejection: 1s}}
    breaker: {{consecutive_failures: 5, open_for: 1s, half_open_requests: 2}}
    retry_budget: {{percent: 50%}}
  legacy: {{protocol: http1, endpoints: ["{legacy}"]}}
  native: {{protocol: http1, endpoints: ["{native}"], breaker: {{}}}}
  php: {{protocol: fastcgi, root: "{root}", endpoints: ["{php}"], connections_max: 4}}
  itself: {{protocol: http2, endpoints: ["{itself}"]}}
gray: {{trust: [127.0.0.0/8]}}
ledger: {{file: banyan.db, samples: {{mask: ["$.id"]}}}}
filters: [{{headers: {{answer: {{set: {{x-round: "{round}"}}}}}}}}]
routes:
  - id: user-profile
    match: {{method: GET, path: /user/profile}}
    sticky: {{keys: ["query:id"]}}
    migrate:
      from: legacy
      to: native
      compare: {{ignore: ["$.served_by"]}}
      mismatch_bound: 5%
      steps: [25%, 100%]
      hold: 1s
      build: {{header: x-build}}
      mirror: {{timeout: 60s}}
  - id: faulty
    match: {{prefix: /faulty}}
    to: faulty
    timeout: 60s
    retries: {{attempts: 2, on: [connect, reset, 503]}}
    hedge: {{after: 20ms}}
    fallback: {{last_good: 1m}}
  - id: split
    match: {{prefix: /split}}
    split: [{{cluster: legacy, percent: {percent}}}, {{cluster: sound, percent: {rest}}}]
    sticky: {{keys: [ip]}}
    mirror: {{cluster: sound}}
  - id: cached
    match: {{prefix: /cached}}
    to: sound
    filters:
      - compress
      - cache: {{memory: 1MiB, body_bytes: 64KiB}}
      - rate_limit: {{requests: 1000000, period: 1s, key: ip}}
  - {{id: php, match: {{prefix: /php}}, to: php, filters: [{{rewrite: {{strip_prefix: /php}}}}]}}
  - {{id: loop, match: {{prefix: /loop}}, to: itself, filters: [{{rewrite: {{strip_prefix: /loop}}}}]}}
  - {{id: files, match: {{prefix: /files}}, static: {{root: "{root}"}}}}
  - {{id: rest, match: {{prefix: /}}, to: sound}}
"""
WATCHED = ("/events", "/tap", "/capture?route=split")
ASKED = ("/status", "/metrics", "/topology", "/tasks", "/ledger", "/ledger/user-profile", "/debug/pprof/tasks")
WITH_BODIES = ("/faulty/a", "/php/index.php", "/loop/rest", "/files/one.txt")
ROUNDS = 8
FAULTS = {200, 500, 502, 503}


def fails_often():
    """Three of five requests get an answer; the others 503, or nothing but a reset connection."""
    well, refused = answers(b"well"), answers(status="503 Unavailable")

    def behaviour(exchange):
        turn = exchange.upstream.requests % 5
        if turn == 1:
            exchange.reset()
        (refused if turn == 3 else well)(exchange)

    return behaviour


class Asking(threading.Thread):
    """Asks for TARGETS in turn, each numbered, until it is stopped; what is in no EXPECTED status is a failure."""

    def __init__(self, address, targets, expected):
        super().__init__(daemon=True)
        self.address, self.targets, self.expected = address, targets, expected
        self.stopping = threading.Event()
        self.statuses, self.failures = {}, []

    def run(self):
        number = 0
        while not self.stopping.is_set():
            try:
                with RawClient(self.address) as client:
                    while not self.stopping.is_set():
                        number += 1
                        self.ask(client, self.targets[number % len(self.targets)], number)
            except (OSError, ResponseError) as error:
                self.failures.append(repr(error))
                self.stopping.wait(0.05)

    def ask(self, client, target, number):
        body = b"body" * 500 if number % 7 == 0 and target in WITH_BODIES else None
        answer = client.request("POST" if body else "GET", f"{target}?id={number % 50}", body=body)
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        if answer.status not in self.expected:
            self.failures.append(f"{target}: {answer.status}")


class StormTest(GatewayCase):
    def start(self):
        self.addCleanup(self.check_sanitizers)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", self.path("key.pem"), "-out", self.path("one.pem"))
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo strlen(file_get_contents('php://input'));",
                             "files/one.txt": "a file\n" * 1000})
        fpm = start_php_fpm(self.directory, workers=4)
        self.addCleanup(fpm.stop)
        self.sound = [self.start_upstream(answers(b"text " * 200, headers=[("Content-Type", "text/plain"),
                                                                           ("Cache-Control", "max-age=1")]))
                      for _ in range(3)]
        self.tls, itself = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.values = {
            "faulty": ", ".join(f'"{self.start_upstream(fails_often()).address}"' for _ in range(3)),
            "legacy": self.start_upstream(profiles("old", "php-1")).address,
            "native": self.start_upstream(profiles("new", "native-1")).address,
            "root": root, "php": fpm.listen, "itself": itself}
        return self.start_gateway(self.body(0), {"workers": "4"}, [
            f'{{address: "{self.tls}", tls: {{certificate: one.pem, key: key.pem}}}}', f'"{itself}"'])

    def body(self, number):
        """The configuration of a round: other shares, another balance, endpoints that come and go."""
        sound = self.sound[:2] if number % 3 == 1 else self.sound
        return CONFIGURATION.format(sound=", ".join(f'"{one.address}"' for one in sound), round=number,
                                    balance=("ewma", "least_request", "round_robin")[number % 3],
                                    percent=10 * (number % 10), rest=100 - 10 * (number % 10), **self.values)

    def watch(self, gateway):
        """Those who read events to the end of the storm, and h2load over TLS and in plain."""
        curl = find_program(["curl"], "apt-get install curl")
        h2load = find_program(["h2load"], "apt-get install nghttp2-client")
        commands = [[curl, "-sN", "-H", f"Authorization: Bearer {gateway.token}", f"http://{gateway.admin}{target}"]
                    for target in WATCHED]
        load = [h2load, "-D", "300", "-c", "3", "-m", "8", "--rps", "40", "-H", "accept-encoding: zstd, gzip"]
        commands += [[*load, url] for url in (f"https://{self.tls}/cached/a", f"http://{gateway.address}/split?id=1",
                                              f"https://{self.tls}/loop/files/one.txt")]
        for command in commands:
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.addCleanup(process.wait)
            self.addCleanup(process.kill)

    def order(self, gateway, target, **body):
        answer = fetch(gateway.admin, target, method="POST", headers=[("Authorization", f"Bearer {gateway.token}")],
                       body=json.dumps(body).encode())
        self.assertIn(answer.status, (200, 409), answer)

    def change(self, gateway, number):
        gateway.write_config(self.body(number))
        if number % 2:
            gateway.child.send(signal.SIGHUP)
        gateway.child.send(signal.SIGUSR1)
        self.order(gateway, "/clusters/faulty/breaker", force=("open", "closed", "none")[number % 3])
        self.order(gateway, "/ledger/user-profile/" + ("promote", "hold", "release", "rollback")[number % 4],
                   reason="the storm")

    def test_traffic_faults_changes_and_watchers_at_once(self):
        gateway = self.start()
        askers = [Asking(gateway.address, ["/faulty/a", "/faulty/b"], FAULTS) for _ in range(2)]
        askers += [Asking(gateway.address, ["/user/profile", "/cached", "/php/index.php"], {200}) for _ in range(2)]
        askers += [Asking(gateway.address, ["/split", "/loop/rest", "/files/one.txt"], {200, 405}) for _ in range(2)]
        for asker in askers:
            asker.start()
        self.watch(gateway)
        try:
            for number in range(1, ROUNDS + 1):
                self.change(gateway, number)
                profile = threading.Thread(target=gateway.ask_admin, args=("/debug/pprof/profile?seconds=1",))
                profile.start()
                for target in ASKED:
                    self.assertEqual(gateway.ask_admin(target).status, 200, target)
                profile.join(120)
                wait_until(lambda: gateway.fetch("/").get("x-round") == str(number), 120, f"round {number}")
            with Load(gateway.address, clients=2, may_refuse=True) as load:
                load.wait_answers(20)
                for asker in askers:
                    asker.stopping.set()
                for asker in askers:
                    asker.join(120)
                self.assertEqual(gateway.stop(signal.SIGTERM, 60), 0)
        finally:
            for asker in askers:
                asker.stopping.set()
        self.assertEqual(load.lost(), [])
        self.assertEqual([failure for asker in askers for failure in asker.failures], [])
        self.assertTrue(all(asker.statuses.get(200, 0) > 10 for asker in askers), [one.statuses for one in askers])


if __name__ == "__main__":
    import unittest

    unittest.main()
