"""The statements of the native user centre, as spans under the trace of their request and as metrics, on real
databases."""
import json
import os
import subprocess

from e2e.test_usercenter_service import BEARER, ServiceCase
from lib.raw_http import fetch
from lib.usercenter import JSON_TYPE
from processes import find_program, wait_until
from seed import post_rows, user_email

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CALLER = "00f067aa0ba902b7"
SERVER, CLIENT = 2, 3       # kinds of spans


def sampled(trace=TRACE):
    return [("traceparent", f"00-{trace}-{CALLER}-01")]


class Span:
    def __init__(self, line):
        [resource] = json.loads(line)["resourceSpans"]
        [scope] = resource["scopeSpans"]
        [self.said] = scope["spans"]
        self.resource = self.attributes_of(resource["resource"])
        self.attributes = self.attributes_of(self.said)

    @staticmethod
    def attributes_of(holder):
        """64 bits are text in OTLP/JSON."""
        return {one["key"]: one["value"].get("stringValue", one["value"].get("intValue"))
                for one in holder["attributes"]}

    def __getitem__(self, key):
        return self.said.get(key)


class TracesTest(ServiceCase):
    def start(self, database):
        self.log = self.path("spans.log")
        return self.serve(database, "--spans", self.log)

    def lines(self):
        with open(self.log, encoding="utf-8") as file:
            return [line for line in file.read().split("\n")[:-1] if line]

    def spans(self, trace, server_spans=1):
        """Those of a trace, the request's own first, once it has ended."""
        def found():
            spans = [span for span in map(Span, self.lines()) if span["traceId"] == trace]
            return sum(span["kind"] == SERVER for span in spans) == server_spans and spans
        spans = wait_until(found, 60, f"spans of {trace}")
        return sorted(spans, key=lambda span: (span["kind"], int(span["startTimeUnixNano"])))

    def check_read(self, address, system, namespace):
        self.assertEqual(fetch(address, "/users/7?secret=hunter2", headers=sampled()).status, 200)
        request, *statements = self.spans(TRACE)
        self.assertEqual((request["name"], request["parentSpanId"]), ("GET /users/:id", CALLER))
        self.assertEqual(request.resource["service.name"], "usercenter-native")
        self.assertEqual((request.attributes["http.request.method"], request.attributes["http.route"],
                          request.attributes["url.path"], request.attributes["http.response.status_code"]),
                         ("GET", "/users/:id", "/users/7", "200"))
        self.assertEqual([span["name"] for span in statements], ["SELECT users", "SELECT profiles", "SELECT posts"])
        for span in statements:
            self.assertEqual((span["kind"], span["parentSpanId"]), (CLIENT, request["spanId"]))
            self.assertLessEqual(int(request["startTimeUnixNano"]) - 10**7, int(span["startTimeUnixNano"]))
            self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
            self.assertEqual((span.attributes["db.system.name"], span.attributes["db.namespace"],
                              span.attributes["db.operation.name"]), (system, namespace, "SELECT"))
            self.assertTrue(span.attributes["db.query.text"].startswith("SELECT "))
            self.assertIsNone(span["status"])
        self.assertEqual(len({span["spanId"] for span in (request, *statements)}), 4)
        self.assertEqual([statements[0].attributes["db.response.returned_rows"],
                          statements[2].attributes["db.response.returned_rows"]], ["1", str(len(post_rows(7)))])

    def check_failure(self, address):
        """An address that another has: what the span says of it, and that it says no value."""
        trace = TRACE[::-1]
        taken = fetch(address, "/users/me", method="PATCH", headers=[*BEARER, JSON_TYPE, *sampled(trace)],
                      body=json.dumps({"email": user_email(2)}).encode())
        self.assertEqual(taken.status, 409)
        _, *statements = self.spans(trace)
        [failed] = [span for span in statements if span["status"]]
        self.assertEqual((failed["name"], failed["status"]["code"], failed.attributes["error.type"]),
                         ("UPDATE users", 2, "constraint"))
        self.assertIn("db.response.status_code", failed.attributes)
        self.assertLessEqual({"COMMIT", "ROLLBACK"} & {span["name"] for span in statements}, {"ROLLBACK"})
        self.assertFalse([line for line in self.lines() if user_email(2) in line or "hunter2" in line])

    def check_change(self, address):
        trace = "1" * 32
        posted = fetch(address, "/users/me/posts", method="POST", headers=[*BEARER, JSON_TYPE, *sampled(trace)],
                       body=b'{"title":"Untold","text":"hunter2"}')
        self.assertEqual(posted.status, 201)
        _, *statements = self.spans(trace)
        [insert] = [span for span in statements if span["name"] == "INSERT posts"]
        self.assertEqual(insert.attributes["db.operation.name"], "INSERT")
        self.assertFalse([line for line in self.lines() if "Untold" in line or "hunter2" in line])

    def check_sampling(self, address):
        trace = "2" * 32
        for _ in range(3):
            fetch(address, "/users/8", headers=[("traceparent", f"00-{trace}-{CALLER}-00")])
        before = len(self.lines())
        fetch(address, "/users/8")      # its trace begins here
        wait_until(lambda: len(self.lines()) >= before + 4, 60, "spans of a trace that begins here")
        self.assertFalse([line for line in self.lines() if trace in line])
        own = [span for span in map(Span, self.lines()[before:]) if span["kind"] == SERVER]
        self.assertEqual([(span["name"], span["parentSpanId"]) for span in own], [("GET /users/:id", None)])

    def check_metrics(self, address, system, namespace):
        answer = fetch(address, "/metrics")
        promtool = find_program(["promtool"], "apt-get install prometheus")
        check = subprocess.run([promtool, "check", "metrics"], input=answer.body, capture_output=True, timeout=300,
                               check=False)
        self.assertEqual((check.returncode, check.stdout + check.stderr), (0, b""))
        family = "db_client_operation_duration_seconds"
        counts = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in answer.body.decode().splitlines()
                  if line.startswith((f"{family}_count", f"{family}_sum"))}

        def value(what, operation, error=""):
            [found] = [count for series, count in counts.items() if series.startswith(f"{family}_{what}{{")
                       and f'db_system_name="{system}"' in series and f'db_namespace="{namespace}"' in series
                       and f'db_operation_name="{operation}"' in series
                       and (f'error_type="{error}"' in series if error else "error_type" not in series)]
            return found
        before = value("count", "SELECT")
        self.assertGreater(value("sum", "SELECT"), 0)
        self.assertEqual(value("count", "INSERT"), 1)
        self.assertEqual(value("count", "UPDATE", "constraint"), 1)
        for _ in range(5):
            self.assertEqual(fetch(address, "/users/9").status, 200)
        answer = fetch(address, "/metrics")
        counts = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                  for line in answer.body.decode().splitlines() if line.startswith(f"{family}_count")}
        self.assertEqual(value("count", "SELECT") - before, 15)

    def check_all(self, database, system, namespace):
        address = self.start(database)
        self.check_read(address, system, namespace)
        self.check_failure(address)
        self.check_change(address)
        self.check_sampling(address)
        self.check_metrics(address, system, namespace)

    def test_statements_of_sqlite_are_told(self):
        database = self.seeded("users.db")
        self.check_all(database, "sqlite", database)

    def test_statements_of_postgresql_are_told(self):
        self.check_all(self.start_postgres().url, "postgresql", "postgres")

    def test_statements_of_mariadb_are_told(self):
        self.check_all(self.start_mariadb().url, "mariadb", "banyan")

    def test_a_place_that_cannot_be_written_is_told_at_the_start(self):
        done = subprocess.run([os.environ["USERCENTER_NATIVE_BIN"], "--listen", "127.0.0.1:1", "--database",
                               self.seeded("users.db"), "--spans", "/nonexistent/spans.log"],
                              capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertIn("/nonexistent/spans.log", done.stderr)
