"""What tests of filters start from: a gateway whose one route has them, and tokens to get past some."""
import base64
import hashlib
import hmac
import json

from lib.case import GatewayCase
from lib.faulty_upstream import echoes


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims, secret, algorithm="HS256"):
    """A token, made by Python's own HMAC."""
    text = f'{base64url(json.dumps({"alg": algorithm}).encode())}.{base64url(json.dumps(claims).encode())}'
    return f"{text}.{base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


class FilterCase(GatewayCase):
    def filtered(self, filters, behaviour=None, settings=None, more=""):
        """A gateway whose one route, to an upstream of that behaviour, has these filters (YAML)."""
        self.upstream = self.start_upstream(behaviour or echoes())
        return self.start_gateway(
            f'clusters:\n  up: {{protocol: http1, endpoints: ["{self.upstream.address}"]}}\n{more}'
            f"routes:\n  - {{id: all, match: {{prefix: /}}, to: up, filters: {filters}}}\n", settings)

    def seen(self, answer):
        """Target and fields as the upstream of echoes() saw them."""
        lines = answer.body.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        fields = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            fields.setdefault(name.lower(), []).append(value)
        return lines[0].split(" ")[1], fields
