"""Uploads that arrive slowly must not occupy the few processes of php-fpm: nginx reads a body to its end before it asks
php-fpm, so sites are used to that."""
from lib.case import GatewayCase
from lib.php import start_php_fpm, write_scripts
from lib.raw_http import RawClient
from processes import wait_until


class SlowUploadTest(GatewayCase):
    def test_slow_uploads_of_known_length_pin_no_worker(self):
        root = self.make_directory("www")
        write_scripts(root, {"index.php": "<?php echo strlen(file_get_contents('php://input'));"})
        fpm = start_php_fpm(self.directory)
        self.addCleanup(fpm.stop)
        gateway = self.start_gateway(
            f'clusters:\n  legacy: {{protocol: fastcgi, root: "{root}", endpoints: ["{fpm.listen}"], '
            "connections_max: 2}\n"
            "routes:\n  - {id: all, match: {prefix: /}, to: legacy, timeout: 10s}\n")
        for _ in range(6):
            client = RawClient(gateway.address)
            self.addCleanup(client.close)
            client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nbegin")
        wait_until(lambda: gateway.status()["requests_in_flight"] >= 6, 10, "the uploads being under way")
        self.assertEqual(gateway.fetch("/", timeout=5).status, 200)
