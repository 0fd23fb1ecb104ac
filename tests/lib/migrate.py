"""A route that migrates between two services of a test, and the clients that keep it busy."""
import json
import threading

from lib.case import GatewayCase
from lib.raw_http import RawClient, fetch
from processes import wait_until

# A copy may take as long as a busy machine wants: one that is too late is a difference.
ROUTE = "mismatch_bound: 1%, hold: 1s, steps: [25%, 100%], build: {header: x-build}, mirror: {timeout: 60s}"


def profiles(name, build, wrong=lambda number: False):
    """A service that answers /user/profile?id=N; where WRONG says so the second letter of the name is lost."""

    def behaviour(exchange):
        number = int(exchange.target.rpartition("=")[2])
        user = {"id": number, "name": "nme" if wrong(number) else "name", "served_by": name}
        exchange.reply(json.dumps(user).encode(),
                       headers=[("Content-Type", "application/json"), ("X-Build", build), ("X-Side", name)])

    return behaviour


class Clients:
    """Asks for one user after the other until it is stopped, PAUSE seconds after each answer, so that the comparisons
    of some seconds may wait for a thread that a busy machine does not run; counts who answered. Those that are PATIENT
    come again where the gateway is gone."""

    def __init__(self, address, count=2, patient=False, pause=0.01):
        self.address = address
        self.pause = pause
        self.patient = patient
        self.stopping = threading.Event()
        self.lock = threading.Lock()
        self.answers, self.failures, self.next = {}, [], 0
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def run(self):
        while not self.stopping.is_set():
            try:
                with RawClient(self.address) as client:
                    while not self.stopping.is_set():
                        self.ask(client)
                        self.stopping.wait(self.pause)
            except Exception as error:  # noqa: BLE001
                if not self.patient:
                    self.failures.append(repr(error))
                    return
                self.stopping.wait(0.05)

    def ask(self, client):
        with self.lock:
            self.next += 1
            number = self.next
        answer = client.request("GET", f"/user/profile?id={number}")
        with self.lock:
            if answer.status != 200:
                self.failures.append(str(answer))
                return
            side = json.loads(answer.body)["served_by"]
            self.answers[side] = self.answers.get(side, 0) + 1


class MigrateCase(GatewayCase):
    route_id = "user-profile"

    def start_route(self, legacy, native, keys=ROUTE):
        self.legacy, self.native = self.start_upstream(legacy), self.start_upstream(native)
        return self.start_gateway(self.text(keys))

    def text(self, keys=ROUTE):
        return (f'clusters:\n  legacy: {{protocol: http1, endpoints: ["{self.legacy.address}"]}}\n'
                f'  native: {{protocol: http1, endpoints: ["{self.native.address}"]}}\n'
                'ledger: {file: banyan.db, samples: {mask: ["$.id"]}}\n'
                "routes:\n  - id: user-profile\n    match: {method: GET, path: /user/profile}\n"
                f'    migrate: {{from: legacy, to: native, compare: {{ignore: ["$.served_by"]}}, {keys}}}\n')

    def ledger(self, gateway):
        answer = gateway.ask_admin("/ledger")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()["routes"][0]

    def endpoint(self, gateway):
        answer = gateway.ask_admin(f"/ledger/{self.route_id}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json()

    def wait_stage(self, gateway, stage, seconds=300):
        def reached():
            self.last = self.ledger(gateway)
            return self.last["stage"] == stage

        try:
            wait_until(reached, seconds, f"the stage {stage}")
        except Exception:
            print(json.dumps(self.last))
            raise

    def order(self, gateway, action, reason="because", status=200):
        answer = fetch(gateway.admin, f"/ledger/{self.route_id}/{action}", method="POST",
                       headers=[("Authorization", f"Bearer {gateway.token}")],
                       body=json.dumps({"reason": reason}).encode())
        self.assertEqual(answer.status, status, answer)
        return answer.json()

    def learn_builds(self, gateway):
        """What is said before the builds are known is about other ones."""
        gateway.fetch("/user/profile?id=1")
        wait_until(lambda: self.ledger(gateway)["new_build"], 60, "the builds being known")

    def wait_build(self, gateway, build):
        """Until no other one of the new side is among the latest answers."""
        wait_until(lambda: self.ledger(gateway)["new_build"] == build, 60, f"the build {build} alone")

    def wait_compared(self, gateway, count, seconds=300):
        def seen():
            self.last = self.ledger(gateway)
            return self.last["compared"] >= count

        wait_until(seen, seconds, f"{count} comparisons")
        return self.last

    def expect_evidence(self, gateway, needed=332):
        """No step was made by itself but on what was seen at its own position."""
        steps = [move for move in self.endpoint(gateway)["transitions"] if move["by"] == "evidence"]
        for move in steps:
            if move["from"]["stage"] != "verified":
                self.assertGreaterEqual(move["evidence"]["compared"], needed, move)
        return steps

    def sides(self, gateway, count=40):
        sides = set()
        with RawClient(gateway.address) as client:
            for number in range(count):
                sides.add(json.loads(client.request("GET", f"/user/profile?id={number}").body)["served_by"])
        return sides
