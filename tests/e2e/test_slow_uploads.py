"""Uploads that arrive slowly must not occupy the few processes of php-fpm: nginx reads a body to its end before it asks
php-fpm, so sites are used to that."""
from lib.case import GatewayCase
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient
from processes import wait_until


class SlowUploadTest(GatewayCase):
    def setUp(self):
        super().setUp()
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo strlen(file_get_contents('php://input'));"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        gone = self.path("gone.sock")
        self.gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", endpoints: ["unix:{gone}", "{fpm.listen}"], '
            "connections_max: 2}\n"
            "routes:\n  - {id: all, match: {prefix: /}, to: legacy, timeout: 1m}\n")

    def begin_upload(self, size):
        client = RawClient(self.gateway.address)
        self.addCleanup(client.close)
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\nbegin" % size)
        return client

    def test_slow_uploads_of_known_length_pin_no_worker(self):
        uploads = [self.begin_upload(1000000) for _ in range(6)]
        wait_until(lambda: self.gateway.status()["requests_in_flight"] >= 6, 60, "the uploads being under way")
        self.assertEqual(self.gateway.fetch("/").status, 200)
        for client in uploads:
            client.send(b"x" * (1000000 - len("begin")))
            self.assertEqual(client.read_response().body, b"1000000")

    def test_what_was_uploaded_is_there_for_the_endpoint_that_can_be_reached(self):
        """One of the two endpoints is gone, and each request begins with the one whose turn it is."""
        for size in (6, 20000, 100000):
            for _ in range(4):
                client = self.begin_upload(size)
                client.send(b"x" * (size - len("begin")))
                self.assertEqual(client.read_response().body, b"%d" % size)
