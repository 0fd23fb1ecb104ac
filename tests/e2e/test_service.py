"""A service written with the framework (examples/notes), over HTTP. NOTES_BIN names the program."""
import json
import os
import signal
import threading

import jsonschema

from lib.case import GatewayCase
from lib.raw_http import fetch
from processes import Child, ProcessError, free_port, wait_until

TOKEN = ("Authorization", "Bearer secret")
JSON = ("Content-Type", "application/json")

# What OpenAPI 3.1 says of the parts this service uses (https://spec.openapis.org/oas/v3.1.0), written for this test.
OPENAPI = {
    "$defs": {
        "schema": {"type": "object"},
        "content": {"type": "object", "minProperties": 1, "patternProperties": {
            "^[a-z]+/[a-z+-]+$": {"type": "object", "properties": {"schema": {"$ref": "#/$defs/schema"}},
                                  "additionalProperties": False}}, "additionalProperties": False},
        "parameter": {"type": "object", "required": ["name", "in", "schema"], "properties": {
            "name": {"type": "string"}, "in": {"enum": ["query", "header", "path", "cookie"]},
            "required": {"type": "boolean"}, "schema": {"$ref": "#/$defs/schema"}},
            "if": {"properties": {"in": {"const": "path"}}}, "then": {"properties": {"required": {"const": True}}},
            "additionalProperties": False},
        "response": {"type": "object", "required": ["description"], "properties": {
            "description": {"type": "string"}, "content": {"$ref": "#/$defs/content"}}, "additionalProperties": False},
        "operation": {"type": "object", "required": ["responses"], "properties": {
            "summary": {"type": "string"}, "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}},
            "requestBody": {"type": "object", "required": ["content"], "properties": {
                "content": {"$ref": "#/$defs/content"}, "required": {"type": "boolean"}},
                "additionalProperties": False},
            "responses": {"type": "object", "minProperties": 1, "patternProperties": {
                "^([1-5][0-9]{2}|default)$": {"$ref": "#/$defs/response"}}, "additionalProperties": False}},
            "additionalProperties": False}},
    "type": "object", "required": ["openapi", "info", "paths"], "properties": {
        "openapi": {"type": "string", "pattern": r"^3\.1\.\d+$"},
        "info": {"type": "object", "required": ["title", "version"]},
        "paths": {"type": "object", "patternProperties": {"^/": {"type": "object", "patternProperties": {
            "^(get|put|post|delete|patch)$": {"$ref": "#/$defs/operation"}}, "additionalProperties": False}},
            "additionalProperties": False},
        "components": {"type": "object", "properties": {"schemas": {"type": "object", "propertyNames": {
            "pattern": r"^[a-zA-Z0-9._-]+$"}}}}},
    "additionalProperties": False}


class ServiceTest(GatewayCase):
    def setUp(self):
        super().setUp()
        path = os.environ.get("NOTES_BIN")
        if not path:
            raise ProcessError("NOTES_BIN is not set: run these tests through ctest, or set it to the program notes")
        self.binary = path

    def start(self, *options):
        address = f"127.0.0.1:{free_port()}"
        command = [self.binary, "--listen", address, "--access-log", self.path("access.out"), *options]
        service = Child("notes", command, self.path("notes.log"))
        self.addCleanup(service.stop)
        service.wait_listening(address)
        return address, service

    def add(self, address, note):
        return fetch(address, "/admin/notes", method="POST", headers=[TOKEN, JSON], body=json.dumps(note).encode())

    def schema_of(self, description, name):
        return {"$ref": f"#/components/schemas/{name}", "components": description["components"]}

    def test_a_note_is_added_found_listed_and_removed(self):
        address, _ = self.start()
        added = self.add(address, {"title": "milk", "importance": "high", "tags": ["home"]})
        self.assertEqual((added.status, added.get("cache-control")), (201, "no-store"))
        self.assertEqual(added.json()["note"],
                         {"title": "milk", "text": "", "importance": "high", "tags": ["home"]})
        self.assertEqual(self.add(address, {"title": "bread"}).json()["id"], 2)
        self.assertEqual(fetch(address, "/notes/1").json(), added.json())
        self.assertEqual([note["id"] for note in fetch(address, "/notes?limit=1").json()], [1])
        self.assertEqual([note["id"] for note in fetch(address, "/notes?importance=low").json()], [2])
        lines = fetch(address, "/notes/all")
        self.assertEqual(lines.get("content-type"), "application/x-ndjson")
        self.assertEqual([json.loads(line)["id"] for line in lines.body.splitlines()], [1, 2])
        removed = fetch(address, "/admin/notes/1", method="DELETE", headers=[TOKEN])
        self.assertEqual((removed.status, removed.body), (204, b""))
        self.assertEqual(fetch(address, "/notes/1").status, 404)

    def test_every_mistake_of_a_request_is_named_with_its_place(self):
        address, _ = self.start()
        answer = self.add(address, {"text": 7, "tags": ["x", "Y"], "colour": 1})
        self.assertEqual((answer.status, answer.get("content-type")), (400, "application/problem+json"))
        self.assertEqual(answer.json(), {
            "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "the request is not valid",
            "errors": [{"in": "body", "pointer": "/text", "detail": "must be text"},
                       {"in": "body", "pointer": "/tags/1", "detail": "must match ^[a-z]+$"},
                       {"in": "body", "pointer": "/colour", "detail": "is not known"},
                       {"in": "body", "pointer": "/title", "detail": "is missing"}]})
        answer = fetch(address, "/notes?limit=1000&importance=huge")
        self.assertEqual([error["name"] for error in answer.json()["errors"]], ["importance", "limit"])

    def test_path_header_and_body_are_bound_together(self):
        address, _ = self.start()
        self.add(address, {"title": "milk"})

        def put(path, note, editor):
            return fetch(address, path, method="PUT", headers=[TOKEN, JSON, ("X-Editor", editor)],
                         body=json.dumps(note).encode())
        changed = put("/admin/notes/1", {"title": "bread"}, "ann")
        self.assertEqual((changed.status, changed.json()["note"]["title"], changed.json()["editor"]),
                         (200, "bread", "ann"))
        self.assertEqual(fetch(address, "/notes/1").json(), changed.json())
        refused = put("/admin/notes/0", {"title": 1}, "x" * 41)
        self.assertEqual([(error["in"], error.get("name", error.get("pointer"))) for error in
                          refused.json()["errors"]], [("path", "id"), ("header", "X-Editor"), ("body", "/title")])
        self.assertEqual(put("/admin/notes/7", {"title": "x"}, "ann").status, 404)

    def test_an_old_path_answers_with_the_errors_of_the_service_it_replaced(self):
        address, _ = self.start()
        for body, status, told in ((b"{}", 400, {"error": "invalid note"}), (b"[", 400, {"error": "invalid note"}),
                                   (b" " * 1001, 413, {"error": "body too large"})):
            answer = fetch(address, "/old/add.php", method="POST", headers=[JSON], body=body)
            self.assertEqual((answer.status, answer.get("content-type"), answer.json()),
                             (status, "application/json", told))

    def test_methods_paths_tokens_and_types_that_do_not_fit_are_refused(self):
        address, _ = self.start()
        put = fetch(address, "/notes", method="PUT")
        self.assertEqual((put.status, put.get("allow")), (405, "GET, HEAD"))
        options = fetch(address, "/admin/notes", method="OPTIONS")
        self.assertEqual((options.status, options.get("allow")), (204, "POST"))
        self.assertEqual(fetch(address, "/nothing").status, 404)
        self.assertEqual(fetch(address, "/admin/notes", method="POST", body=b"{}").status, 401)
        text = ("Content-Type", "text/plain")
        plain = fetch(address, "/admin/notes", method="POST", headers=[TOKEN, text], body=b"{}")
        self.assertEqual(plain.status, 415)

    def test_the_description_is_openapi_and_true(self):
        address, _ = self.start()
        description = fetch(address, "/openapi.json").json()
        jsonschema.Draft202012Validator(OPENAPI).validate(description)
        self.assertEqual(sorted(description["paths"]), ["/admin/notes", "/admin/notes/{id}", "/notes", "/notes/all",
                                                        "/notes/{id}", "/old/add.php", "/uploads"])
        for schema in description["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)
        note = jsonschema.Draft202012Validator(self.schema_of(description, "Note"))
        new = jsonschema.Draft202012Validator(self.schema_of(description, "NewNote"))
        note.validate(self.add(address, {"title": "x"}).json())
        # What the schema refuses the service refuses, and what it allows is taken.
        for body in ({"title": "x", "tags": ["a"]}, {"title": ""}, {"title": "x" * 81}, {"title": "x", "tags": ["A"]},
                     {"title": "x", "tags": ["a"] * 6}, {"title": "x", "importance": "huge"}, {"title": "x", "y": 1},
                     {"title": 1}, {"title": "x", "text": None}, {"text": "x"}, {"title": "é" * 80}):
            self.assertEqual(self.add(address, body).status == 201, new.is_valid(body), body)

    def test_a_form_is_read_as_it_comes(self):
        address, _ = self.start()
        part = 'Content-Disposition: form-data; name="%s"%s\r\n\r\n'
        big = b"x" * (3 << 20)
        form = (b"--cut\r\n" + (part % ("a", "")).encode() + b"--cu\r\n--cut\r\n" +
                (part % ("f", '; filename="b.png"')).encode() + big + b"\r\n--cut--\r\n")
        kind = [("Content-Type", "multipart/form-data; boundary=cut")]
        answer = fetch(address, "/uploads", method="POST", headers=kind, body=form)
        self.assertEqual(answer.json(), [{"name": "a", "file": "", "bytes": 4},
                                         {"name": "f", "file": "b.png", "bytes": len(big)}])
        broken = fetch(address, "/uploads", method="POST", headers=kind, body=form[:-20])
        self.assertEqual((broken.status, broken.json()["detail"]), (400, "the form breaks off"))
        self.assertEqual(fetch(address, "/uploads", method="POST", headers=[JSON], body=b"{}").status, 415)

    def test_the_deadline_of_a_request_ends_what_it_waits_for(self):
        address, _ = self.start()
        answer = fetch(address, "/slow", headers=[("X-Request-Timeout-Ms", "50")])
        self.assertEqual((answer.status, answer.json()["detail"]), (504, "the time allowed ran out"))

    def test_trace_and_colour_go_on_to_those_asked_on_behalf_of_a_request(self):
        address, _ = self.start()
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        told = fetch(address, "/ambient", headers=[("traceparent", f"00-{trace}-00f067aa0ba902b7-01"),
                                                   ("x-gray-tag", "green"), ("baggage", "a=b")]).json()
        self.assertEqual((told["colour"], told["X-Gray-Tag"], told["baggage"]), ("green", "green", "a=b"))
        self.assertEqual((told["traceparent"][3:35], told["traceparent"][-2:]), (trace, "01"))
        self.assertNotIn("00f067aa0ba902b7", told["traceparent"])

        def logged():
            with open(self.path("access.out"), encoding="utf-8") as file:
                return [json.loads(line) for line in file if '"target":"/ambient"' in line]
        wait_until(logged, what="the access log's line")
        line = logged()[0]
        self.assertEqual((line["status"], line["route"], line["trace_id"], line["colour"], line["client"]),
                         (200, "GET /ambient", trace, "green", "127.0.0.1"))

    def test_metrics_count_each_route(self):
        address, _ = self.start()
        for _ in range(3):
            fetch(address, "/notes")
        line = 'banyan_requests_total{route="GET /notes",status="200"} 3\n'
        # An answer is counted after it was written.
        wait_until(lambda: line in fetch(address, "/metrics").body.decode(), 60, "three answers being counted")

    def test_drain_finishes_what_was_begun(self):
        address, service = self.start("--deadline-ms", "15000", "--drain-ms", "60000")
        self.assertEqual(fetch(address, "/readyz").json(), {"status": "ready"})
        statuses = []
        slow = threading.Thread(target=lambda: statuses.append(fetch(address, "/slow").status))
        slow.start()
        wait_until(lambda: "banyan_service_requests_under_way 1" in fetch(address, "/metrics").body.decode(),
                   what="the slow request to be under way")
        service.send(signal.SIGTERM)
        slow.join()
        self.assertEqual((statuses, service.wait()), ([504], 0))

    def test_bad_options_end_with_2(self):
        with self.assertRaises(ProcessError):
            self.start("--deadline-ms", "0")


class GreeterTest(GatewayCase):
    """The service that README shows (examples/greeter)."""
    ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

    def test_it_is_what_readme_shows_and_says(self):
        with open(os.path.join(self.ROOT, "examples/greeter/main.cpp"), encoding="utf-8") as file:
            source = file.read()
        self.assertLessEqual(source.count("\n"), 30)
        for name in ("README.md", "README.zh-CN.md"):
            with open(os.path.join(self.ROOT, name), encoding="utf-8") as file:
                self.assertIn(f"<!-- examples/greeter/main.cpp -->\n```cpp\n{source}```", file.read(), name)
        address = f"127.0.0.1:{free_port()}"
        service = Child("greeter", [os.environ["GREETER_BIN"], "--listen", address], self.path("greeter.log"))
        self.addCleanup(service.stop)
        service.wait_listening(address)
        self.assertEqual(fetch(address, "/greetings/Ada?times=2").body, b'{"text":"hello Ada Ada"}')
        wrong = fetch(address, f"/greetings/{'x' * 41}?times=9")
        self.assertEqual((wrong.status, [error["name"] for error in wrong.json()["errors"]]), (400, ["name", "times"]))
        for path in ("/healthz", "/readyz", "/metrics", "/openapi.json"):
            self.assertEqual(fetch(address, path).status, 200, path)
