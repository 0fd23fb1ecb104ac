"""gRPC through the gateway, with the public implementation at both ends: calls of all four kinds, deadlines,
cancellation, errors the gateway makes itself, a server's limits and its restart."""
import contextlib
import os
import subprocess
import sys
import threading
import time
from concurrent import futures

from lib import debian_modules
from lib.case import GatewayCase
from lib.php import openssl
from processes import free_port, wait_until

grpc = debian_modules.load("grpc", "python3-grpcio")
TIMEOUT = 60
SHORT = "6s"  # what a limit is that a stalled machine keeps all the same
CASE = "BANYAN_GRPC_CASE"
SERVING, NOT_SERVING = 1, 2
MANUAL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "upstreams.md")


class Service:
    """A server of messages that are plain bytes; what it saw is kept for the test."""

    def __init__(self, port, options=(), credentials=None):
        self.metadata = []
        self.entered = threading.Event()
        self.cancelled = threading.Event()
        self.calls = 0
        self.lock = threading.Lock()
        self.server = grpc.server(futures.ThreadPoolExecutor(64), options=options)
        handlers = {"Unary": grpc.unary_unary_rpc_method_handler(self.unary),
                    "Fail": grpc.unary_unary_rpc_method_handler(self.fail),
                    "Slow": grpc.unary_unary_rpc_method_handler(self.slow),
                    "Join": grpc.stream_unary_rpc_method_handler(self.join),
                    "Count": grpc.unary_stream_rpc_method_handler(self.count),
                    "Chat": grpc.stream_stream_rpc_method_handler(self.chat)}
        health = {"Check": grpc.unary_unary_rpc_method_handler(self.check)}
        self.health = {"": SERVING}  # by service, as grpc.health.v1 has it
        self.server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Echo", handlers),
                                              grpc.method_handlers_generic_handler("grpc.health.v1.Health", health)))
        if credentials:
            self.server.add_secure_port(f"127.0.0.1:{port}", credentials)
        else:
            self.server.add_insecure_port(f"127.0.0.1:{port}")
        self.server.start()

    def check(self, request, context):
        """HealthCheckRequest and HealthCheckResponse, as protoc's classes put them on the wire."""
        service = request[2:].decode()
        if request and (request[0], request[1]) != (0x0a, len(service)):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, repr(request))
        if service not in self.health:
            context.abort(grpc.StatusCode.NOT_FOUND, service)
        return bytes([0x08, self.health[service]])

    def unary(self, request, context):
        with self.lock:
            self.calls += 1
        self.metadata = list(context.invocation_metadata())
        context.send_initial_metadata((("first", "1"),))
        context.set_trailing_metadata((("last", "2"), ("raw-bin", b"\x00\xff")))
        return request

    def fail(self, request, context):
        context.set_trailing_metadata((("why", "test"),))
        context.abort(grpc.StatusCode.FAILED_PRECONDITION, "no: 50% \u00e9")

    def slow(self, request, context):
        context.add_callback(self.cancelled.set)
        self.entered.set()
        self.cancelled.wait(TIMEOUT)
        return b""

    def join(self, requests, context):
        return b",".join(requests)

    def count(self, request, context):
        for number in range(int(request)):
            yield str(number).encode()

    def chat(self, requests, context):
        for request in requests:
            yield b"re: " + request


class GrpcCase(GatewayCase):
    def run(self, result=None):
        """Each case in a process of its own: the library aborts now and then in one that ends and begins with it."""
        if os.environ.get(CASE) == self.id():
            return super().run(result)
        result = result or self.defaultTestResult()
        result.startTest(self)
        done = subprocess.run([sys.executable, "-B", "-m", "unittest", self.id()], env={**os.environ, CASE: self.id()},
                              capture_output=True, text=True, timeout=900, check=False)
        if done.returncode == 0:
            result.addSuccess(self)
        else:
            failure = self.failureException(done.stderr[-8000:])
            result.addFailure(self, (type(failure), failure, None))
        result.stopTest(self)
        return result

    def start(self, route="", settings=None, options=(), cluster="", credentials=None, listen=None):
        self.port = free_port()
        self.service = Service(self.port, options, credentials)
        self.addCleanup(lambda: self.service.server.stop(0))
        self.gateway = self.start_gateway(
            f'clusters:\n  up: {{protocol: http2, endpoints: ["127.0.0.1:{self.port}"]{cluster}}}\n'
            f"routes:\n  - {{id: all, match: {{prefix: /test.Echo/}}, to: up{route}}}\n", settings, listen)
        return self.open(grpc.insecure_channel(self.gateway.address))

    def open(self, channel):
        self.addCleanup(channel.close)
        return channel

    def assert_fails(self, code, call):
        with self.assertRaises(grpc.RpcError) as raised:
            call()
        self.assertEqual(raised.exception.code(), code, raised.exception)
        return raised.exception


class GrpcTest(GrpcCase):
    def test_calls_of_all_four_kinds(self):
        channel = self.start()
        answer, call = channel.unary_unary("/test.Echo/Unary").with_call(
            b"hello", timeout=TIMEOUT, metadata=(("who", "me"), ("some-bin", b"\x01\x02")))
        self.assertEqual(answer, b"hello")
        self.assertIn(("first", "1"), [tuple(pair) for pair in call.initial_metadata()])
        trailing = [tuple(pair) for pair in call.trailing_metadata()]
        self.assertIn(("last", "2"), trailing)
        self.assertIn(("raw-bin", b"\x00\xff"), trailing)
        seen = [tuple(pair) for pair in self.service.metadata]
        self.assertIn(("who", "me"), seen)
        self.assertIn(("some-bin", b"\x01\x02"), seen)
        self.assertIn("x-request-id", [key for key, _ in seen])
        self.assertEqual(channel.stream_unary("/test.Echo/Join")(iter([b"a", b"b", b"c"]), timeout=TIMEOUT), b"a,b,c")
        self.assertEqual(list(channel.unary_stream("/test.Echo/Count")(b"500", timeout=TIMEOUT)),
                         [str(number).encode() for number in range(500)])
        entry = self.gateway.wait_access_log(3)[0]
        self.assertEqual((entry["protocol"], entry["method"], entry["status"]), ("HTTP/2", "POST", 200))
        self.assertNotIn("error", entry)

    def test_both_directions_flow_at_the_same_time(self):
        channel = self.start()
        say = threading.Semaphore(0)

        def requests():
            for number in range(20):
                self.assertTrue(say.acquire(timeout=TIMEOUT))
                yield str(number).encode()

        answers = channel.stream_stream("/test.Echo/Chat")(requests(), timeout=TIMEOUT)
        for number in range(20):
            say.release()  # the next message is sent only when the last one was answered
            self.assertEqual(next(answers), b"re: " + str(number).encode())
        self.assertEqual(list(answers), [])

    def test_a_silent_stream_is_not_cut_by_limits_for_requests(self):
        channel = self.start(f", timeout: {SHORT}, read_timeout: {SHORT}", {"limits": f"{{body_timeout: {SHORT}}}"})
        say = threading.Semaphore(1)

        def requests():
            for word in (b"one", b"two"):
                self.assertTrue(say.acquire(timeout=TIMEOUT))
                yield word

        answers = channel.stream_stream("/test.Echo/Chat")(requests(), timeout=TIMEOUT)
        self.assertEqual(next(answers), b"re: one")
        time.sleep(8)
        say.release()
        self.assertEqual(list(answers), [b"re: two"])

    def test_large_messages_pass_both_ways(self):
        limits = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
        self.start(options=limits)
        channel = self.open(grpc.insecure_channel(self.gateway.address, options=limits))
        large = bytes(range(256)) * 20000
        self.assertEqual(channel.unary_unary("/test.Echo/Unary")(large, timeout=TIMEOUT), large)
        answers = channel.stream_stream("/test.Echo/Chat")(iter([large, large]), timeout=TIMEOUT)
        self.assertEqual(list(answers), [b"re: " + large] * 2)

    def test_errors_of_the_service_arrive_as_they_are(self):
        channel = self.start()
        error = self.assert_fails(grpc.StatusCode.FAILED_PRECONDITION,
                                  lambda: channel.unary_unary("/test.Echo/Fail")(b"", timeout=TIMEOUT))
        self.assertEqual(error.details(), "no: 50% \u00e9")
        self.assertIn(("why", "test"), [tuple(pair) for pair in error.trailing_metadata()])
        self.assert_fails(grpc.StatusCode.UNIMPLEMENTED,
                          lambda: channel.unary_unary("/test.Echo/Unknown")(b"", timeout=TIMEOUT))

    def test_errors_of_the_gateway_are_said_in_grpc(self):
        channel = self.start(f", timeout: {SHORT}")
        no_route = self.assert_fails(grpc.StatusCode.UNIMPLEMENTED,
                                     lambda: channel.unary_unary("/other.Service/Call")(b"", timeout=TIMEOUT))
        self.assertIn("No route", no_route.details())
        slow = self.assert_fails(grpc.StatusCode.DEADLINE_EXCEEDED,
                                 lambda: channel.unary_unary("/test.Echo/Slow")(b"", timeout=TIMEOUT))
        self.assertIn("too long", slow.details())
        self.assertTrue(self.service.cancelled.wait(TIMEOUT))
        self.service.server.stop(0).wait(TIMEOUT)
        down = self.assert_fails(grpc.StatusCode.UNAVAILABLE,
                                 lambda: channel.unary_unary("/test.Echo/Unary")(b"", timeout=TIMEOUT))
        self.assertIn("could not answer", down.details())
        statuses = [entry["status"] for entry in self.gateway.wait_access_log(3)]
        self.assertEqual(statuses, [404, 504, 502])

    def test_the_clients_deadline_reaches_the_service(self):
        channel = self.start()
        grpc.channel_ready_future(channel).result(TIMEOUT)
        self.assert_fails(grpc.StatusCode.DEADLINE_EXCEEDED,
                          lambda: channel.unary_unary("/test.Echo/Slow")(b"", timeout=6))
        self.assertTrue(self.service.cancelled.wait(TIMEOUT))

    def test_a_cancelled_call_ends_at_the_service(self):
        channel = self.start()
        call = channel.unary_unary("/test.Echo/Slow").future(b"", timeout=TIMEOUT)
        self.assertTrue(self.service.entered.wait(TIMEOUT))
        call.cancel()
        self.assertTrue(self.service.cancelled.wait(TIMEOUT))

    def test_more_calls_than_the_service_takes_at_once(self):
        channel = self.start(options=(("grpc.max_concurrent_streams", 3),), settings={"workers": "1"})
        unary = channel.unary_unary("/test.Echo/Unary")
        calls = [unary.future(str(number).encode(), timeout=TIMEOUT) for number in range(200)]
        self.assertEqual([call.result() for call in calls], [str(number).encode() for number in range(200)])

    def test_a_restarted_service_is_found_again(self):
        channel = self.start()
        unary = channel.unary_unary("/test.Echo/Unary")
        self.assertEqual(unary(b"before", timeout=TIMEOUT), b"before")
        self.service.server.stop(1).wait(TIMEOUT)
        self.service = Service(self.port)

        def answered():
            with contextlib.suppress(grpc.RpcError):
                return unary(b"after", timeout=TIMEOUT) == b"after"
            return False

        wait_until(answered, TIMEOUT, "an answer of the new server")

    def test_tls_on_both_sides(self):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                "-keyout", self.path("key.pem"), "-out", self.path("cert.pem"))
        with open(self.path("key.pem"), "rb") as key, open(self.path("cert.pem"), "rb") as certificate:
            pair = (key.read(), certificate.read())
        address = f"127.0.0.1:{free_port()}"
        self.start(credentials=grpc.ssl_server_credentials([pair]),
                   cluster=", connect_timeout: 1m, tls: {ca: cert.pem}",
                   listen=[f'{{address: "{address}", tls: {{certificate: cert.pem, key: key.pem}}}}'])
        channel = self.open(grpc.secure_channel(address, grpc.ssl_channel_credentials(pair[1])))
        self.assertEqual(channel.unary_unary("/test.Echo/Unary")(b"secret", timeout=TIMEOUT), b"secret")
        answers = channel.stream_stream("/test.Echo/Chat")(iter([b"a", b"b"]), timeout=TIMEOUT)
        self.assertEqual(list(answers), [b"re: a", b"re: b"])


class GrpcHealthTest(GrpcCase):
    def start_two(self):
        """The example of the manual, before two servers of the test."""
        with open(MANUAL, encoding="utf-8") as file:
            example = next(part.split("```")[0] for part in file.read().split("```yaml\n")[1:] if "type: grpc" in part)
        self.services = []
        for port in ("50051", "50052"):
            own = free_port()
            self.services.append(Service(own))
            self.addCleanup(lambda service=self.services[-1]: service.server.stop(0))
            example = example.replace(port, str(own))
        for service in self.services:
            service.health["shop.Orders"] = SERVING
        example = example.replace("interval: 2s", "interval: 100ms, timeout: 30s")
        self.gateway = self.start_gateway(example.replace("/shop.Orders/", "/test.Echo/"))

    def wait_health(self, *wanted):
        seen = lambda: [one["healthy"] for one in self.gateway.status()["clusters"][0]["endpoints"]]
        wait_until(lambda: seen() == list(wanted), TIMEOUT, f"the health {wanted}")

    def calls(self):
        """How many of twenty calls each server got."""
        before = [service.calls for service in self.services]
        with grpc.insecure_channel(self.gateway.address) as channel:
            for _ in range(20):
                channel.unary_unary("/test.Echo/Unary")(b"", timeout=TIMEOUT)
        return [service.calls - count for service, count in zip(self.services, before)]

    def test_a_server_that_says_it_does_not_serve_gets_no_calls(self):
        self.start_two()
        one, other = self.services
        self.assertEqual(self.calls(), [10, 10])
        one.health["shop.Orders"] = NOT_SERVING
        self.wait_health(False, True)
        self.assertEqual(self.calls(), [0, 20])
        one.health["shop.Orders"] = SERVING
        self.wait_health(True, True)
        self.assertEqual(self.calls(), [10, 10])
        del other.health["shop.Orders"]  # NOT_FOUND, though the server as a whole serves
        self.wait_health(True, False)
        self.assertEqual(self.calls(), [20, 0])
        other.server.stop(0).wait(TIMEOUT)
        self.wait_health(True, False)

    def test_the_server_as_a_whole_is_asked_by_the_host_that_is_said(self):
        """The checks of `front` come back to the gateway, which sends on those for the one host alone."""
        own, port = free_port(), free_port()
        service = Service(port)
        self.addCleanup(lambda: service.server.stop(0))
        check = "health: {type: grpc, interval: 100ms, timeout: 30s, healthy_after: 1, unhealthy_after: 1}"
        self.gateway = self.start_gateway(
            f'clusters:\n  front: {{protocol: http2, endpoints: ["127.0.0.1:{own}"], {check}}}\n'
            f'  up: {{protocol: http2, endpoints: ["127.0.0.1:{port}"]}}\n'
            "routes:\n  - {id: checks, match: {host: orders.internal, prefix: /grpc.health.v1.Health/}, to: up}\n"
            "  - {id: rest, match: {prefix: /test.Echo/}, to: front}\n", listen=[f'"127.0.0.1:{own}"'])
        self.wait_health(False)
        self.gateway.write_config(self.gateway.body.replace("type: grpc", "type: grpc, host: orders.internal"))
        self.wait_health(True)
        service.health[""] = NOT_SERVING
        self.wait_health(False)
