"""Gray release: who gets which version, whose colour is believed, and where the colour is seen on its way."""
import base64
import json
import os
import re
import subprocess

from lib.case import GatewayCase
from lib.faulty_upstream import answers, echoes
from lib.gateway import binary, run_banyan
from lib.raw_http import RawClient, parse_headers

DOCS = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "gray.md")
STICKY = 'sticky: {keys: ["header:x-user-id", "cookie:uid", "jwt:sub", "query:uid"]}'
HALVES = "split: [{cluster: legacy, percent: 50}, {cluster: native, percent: 50}]"


def token(claims):
    encode = lambda value: base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    return f"{encode({'alg': 'HS256'})}.{encode(claims)}.AAAA"


class GrayCase(GatewayCase):
    def start_gray(self, route, top="", behaviour=answers, settings=None):
        """Clusters legacy, native and third, and one route `all` with ROUTE's keys."""
        self.upstreams = {name: self.start_upstream(behaviour() if behaviour is echoes else answers(name.encode()))
                          for name in ("legacy", "native", "third")}
        clusters = "".join(f'  {name}: {{protocol: http1, endpoints: ["{upstream.address}"]}}\n'
                           for name, upstream in self.upstreams.items())
        self.body = lambda keys: (f"{top}clusters:\n{clusters}routes:\n"
                                  f"  - {{id: all, match: {{prefix: /all}}, {keys}}}\n"
                                  "  - {id: third, match: {prefix: /}, to: third}\n")
        return self.start_gateway(self.body(route), settings)

    def ask(self, gateway, *headers, target="/all"):
        answer = gateway.fetch(target, headers=headers)
        self.assertEqual(answer.status, 200, answer)
        return answer

    def seen(self, gateway, *headers, target="/all"):
        """Headers as the upstream, which echoes, saw them."""
        seen = {}
        for name, value in parse_headers(self.ask(gateway, *headers, target=target).body.split(b"\r\n\r\n")[0]
                                         .split(b"\r\n")[1:]):
            seen.setdefault(name.lower(), []).append(value)
        return seen

    def explained(self, gateway, *arguments):
        done = run_banyan("colour", "-c", gateway.config, "--route", "all", "--json", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)


class StickyTest(GrayCase):
    def users(self, gateway, count=200):
        with RawClient(gateway.address) as client:
            return {user: client.request("GET", "/all", [("X-User-Id", str(user))]).body for user in range(count)}

    def test_a_user_keeps_their_version_over_restarts_and_as_the_share_grows(self):
        share = "split: [{{cluster: legacy, percent: {}}}, {{cluster: native, percent: {}}}]"
        gateway = self.start_gray(f"{STICKY}, {share.format(80, 20)}")
        first = self.users(gateway)
        native = {user for user, body in first.items() if body == b"native"}
        self.assertTrue(15 < len(native) < 70, len(native))
        self.assertEqual(self.users(gateway), first)
        gateway.stop()
        gateway.start()
        self.assertEqual(self.users(gateway), first)
        gateway.write_config(self.body(f"{STICKY}, {share.format(60, 40)}"))
        gateway.wait_revision(2)
        grown = {user for user, body in self.users(gateway).items() if body == b"native"}
        self.assertTrue(native < grown, (native, grown))
        for user in (0, 7, 199):
            said = self.explained(gateway, "--key", f"header:x-user-id={user}")
            self.assertEqual(said["cluster"], "native" if user in grown else "legacy")
            self.assertEqual(said["bucket"] < 4000, user in grown)

    def test_each_kind_of_key_decides_as_the_command_says(self):
        gateway = self.start_gray(f"{STICKY}, {HALVES}")
        for user in range(12):
            name = f"user-{user}"
            version = self.explained(gateway, "--key", f"header:x-user-id={name}")["cluster"].encode()
            self.assertEqual(self.ask(gateway, ("X-User-Id", name), ("Cookie", "uid=other")).body, version)
            self.assertEqual(self.ask(gateway, ("Cookie", f'a=b; uid="{name}"; c=d')).body, version)
            self.assertEqual(self.ask(gateway, ("Authorization", f"Bearer {token({'sub': name})}")).body, version)
            self.assertEqual(self.ask(gateway, target=f"/all?x=1&uid=user%2D{user}").body, version)

    def test_without_a_key_chance_decides(self):
        gateway = self.start_gray(f"{STICKY}, {HALVES}")
        with RawClient(gateway.address) as client:
            bodies = [client.request("GET", "/all").body for _ in range(100)]
        self.assertEqual(set(bodies), {b"legacy", b"native"})
        self.assertEqual(self.explained(gateway)["decided_by"], "chance")

    def test_the_address_is_a_key(self):
        gateway = self.start_gray(f"sticky: {{keys: [ip]}}, {HALVES}", settings={"trusted_proxies": '["127.0.0.0/8"]'})
        for last in range(10):
            address = f"203.0.113.{last}"
            said = self.explained(gateway, "--key", f"ip={address}")["cluster"].encode()
            self.assertEqual(self.ask(gateway, ("X-Forwarded-For", address)).body, said)

    def test_mod100_counts_as_php_does(self):
        gateway = self.start_gray("sticky: {keys: [\"header:x-user-id\"], mod100: {hash: crc32}}, split: "
                                  "[{cluster: legacy, percent: 64}, {cluster: native, percent: 36}]")
        # In PHP crc32('user-42') % 100 is 35.
        self.assertEqual(self.ask(gateway, ("X-User-Id", "user-42")).body, b"native")
        gateway.write_config(self.body("sticky: {keys: [\"header:x-user-id\"], mod100: {hash: crc32}}, split: "
                                       "[{cluster: legacy, percent: 65}, {cluster: native, percent: 35}]"))
        gateway.wait_revision(2)
        self.assertEqual(self.ask(gateway, ("X-User-Id", "user-42")).body, b"legacy")


class RuleTest(GrayCase):
    RULES = """rules: [
      {when: {header: {x-beta: "1"}}, to: native}, {when: {cookie: {beta: "*"}, query: {v: "2"}}, to: third},
      {when: {jwt: {tenant: acme}}, to: native}, {when: {cidr: [203.0.113.0/24]}, to: native},
      {when: {time: {until: "2001-01-01"}}, to: third},
      {when: {expression: 'header("x-version") >= 2 and path ends_with "/new"'}, to: native}]"""

    def test_the_first_rule_that_holds_decides(self):
        gateway = self.start_gray(f"{self.RULES}, to: legacy", settings={"trusted_proxies": '["127.0.0.0/8"]'})
        cases = [([], "/all", b"legacy"), ([("X-Beta", "1")], "/all", b"native"),
                 ([("X-Beta", "2")], "/all", b"legacy"),
                 ([("Cookie", "beta=x")], "/all?v=2", b"third"), ([("Cookie", "beta=x")], "/all?v=3", b"legacy"),
                 ([("X-Beta", "1"), ("Cookie", "beta=x")], "/all?v=2", b"native"),
                 ([("Authorization", f"bearer {token({'tenant': 'acme'})}")], "/all", b"native"),
                 ([("Authorization", f"Bearer {token({'tenant': 'other'})}")], "/all", b"legacy"),
                 ([("X-Forwarded-For", "203.0.113.7")], "/all", b"native"),
                 ([("X-Version", "2.5")], "/all/x/../new", b"native"), ([("X-Version", "1")], "/all/new", b"legacy")]
        for headers, target, body in cases:
            with self.subTest(headers=headers, target=target):
                self.assertEqual(self.ask(gateway, *headers, target=target).body, body)

    def test_always_and_never_stand_above_rules_and_shares(self):
        gateway = self.start_gray(f"{STICKY}, always: {{native: [1, two], third: [3]}}, never: {{native: [4]}}, "
                                  "rules: [{when: {header: {x-beta: \"1\"}}, to: native}], "
                                  "split: [{cluster: legacy, percent: 100}, {cluster: native, percent: 0}]")
        for user, body in (("1", b"native"), ("two", b"native"), ("3", b"third"), ("4", b"legacy"), ("5", b"legacy")):
            self.assertEqual(self.ask(gateway, ("X-User-Id", user)).body, body, user)
        self.assertEqual(self.ask(gateway, ("X-User-Id", "5"), ("X-Beta", "1")).body, b"native")
        self.assertEqual(self.ask(gateway, ("X-User-Id", "4"), ("X-Beta", "1")).body, b"legacy")
        said = self.explained(gateway, "--key", "header:x-user-id=4", "--key", "header:x-beta=1")
        self.assertTrue(said["kept_away"], said)


class ColourTest(GrayCase):
    TRUST = "gray: {trust: [127.0.0.0/8]}\n"
    ROUTE = "split: [{cluster: legacy, percent: 100}, {cluster: native, percent: 0, colour: green}]"

    def test_the_decided_colour_is_told_upstream_answered_logged_and_counted(self):
        gateway = self.start_gray(self.ROUTE, behaviour=echoes)
        seen = self.seen(gateway, ("Baggage", "user=7;p=1, key = v"), ("X-Gray-Tag", "green"))
        self.assertEqual(seen["x-gray-tag"], ["legacy"])
        self.assertEqual(seen["baggage"], ["x-gray-tag=legacy,user=7;p=1,key = v"])
        self.assertEqual(self.ask(gateway).get("x-gray-tag"), "legacy")
        self.assertEqual([entry["colour"] for entry in gateway.wait_access_log(2)], ["legacy", "legacy"])
        gateway.wait_requests("all", 2)
        metrics = gateway.metrics()
        for labels in ('cluster="native",colour="green"} 0', 'cluster="legacy",colour="legacy"} 2'):
            self.assertIn('banyan_request_duration_seconds_count{route="all",' + labels, metrics)

    def test_a_trusted_colour_decides_by_field_and_by_baggage(self):
        gateway = self.start_gray(self.ROUTE, self.TRUST, behaviour=echoes)
        for headers in ([("X-Gray-Tag", "green")], [("Baggage", "a=1,x-gray-tag=green;p")],
                        [("X-Gray-Tag", "green"), ("Baggage", "x-gray-tag=legacy")],
                        [("Baggage", "a=1"), ("Baggage", "x-gray-tag = gr%65en")]):
            with self.subTest(headers):
                before = self.upstreams["native"].requests
                seen = self.seen(gateway, *headers)
                self.assertEqual(self.upstreams["native"].requests, before + 1)
                self.assertEqual(seen["x-gray-tag"], ["green"])
                members = [member for member in seen["baggage"][0].split(",") if "gray" in member]
                self.assertEqual(members, ["x-gray-tag=green"])

    def test_others_cannot_set_it_and_their_tag_is_removed_on_every_route(self):
        gateway = self.start_gray(self.ROUTE, "gray: {trust: [10.0.0.0/8]}\n", behaviour=echoes)
        for tag in ("green", "legacy", "x y"):
            seen = self.seen(gateway, ("X-Gray-Tag", tag), ("Baggage", "x-gray-tag=green,other=1"), target="/else")
            self.assertNotIn("x-gray-tag", seen)
            self.assertEqual(seen["baggage"], ["other=1"])
        self.assertEqual(self.seen(gateway, ("X-Gray-Tag", "green"))["x-gray-tag"], ["legacy"])
        self.assertEqual(self.upstreams["native"].requests, 0)

    def test_the_client_behind_a_trusted_proxy_may_be_the_one_in_trust(self):
        gateway = self.start_gray(self.ROUTE, "gray: {trust: [203.0.113.0/24]}\n", behaviour=echoes,
                                  settings={"trusted_proxies": '["127.0.0.0/8"]'})
        for address, colour in (("203.0.113.5", "green"), ("198.51.100.5", "legacy")):
            seen = self.seen(gateway, ("X-Gray-Tag", "green"), ("X-Forwarded-For", address))
            self.assertEqual(seen["x-gray-tag"], [colour])

    def test_a_colour_no_target_has_is_kept_and_decides_nothing(self):
        gateway = self.start_gray(self.ROUTE, self.TRUST, behaviour=echoes)
        for target, upstream in (("/all", "legacy"), ("/else", "third")):
            before = self.upstreams[upstream].requests
            self.assertEqual(self.seen(gateway, ("X-Gray-Tag", "purple"), target=target)["x-gray-tag"], ["purple"])
            self.assertEqual(self.upstreams[upstream].requests, before + 1)
        self.assertEqual([entry["colour"] for entry in gateway.wait_access_log(2)], ["purple", "purple"])

    def test_a_file_without_colours_leaves_the_fields_alone(self):
        gateway = self.start_gray("to: legacy", behaviour=echoes)
        seen = self.seen(gateway, ("X-Gray-Tag", "green"), ("Baggage", "a=1"))
        self.assertEqual((seen["x-gray-tag"], seen["baggage"]), (["green"], ["a=1"]))
        self.assertNotIn("colour", gateway.wait_access_log(1)[0])

    def test_errors_carry_the_colour_too(self):
        gateway = self.start_gray(self.ROUTE)
        self.upstreams["legacy"].stop()
        answer = gateway.fetch("/all")
        self.assertEqual((answer.status, answer.get("x-gray-tag")), (502, "legacy"))

    def test_the_field_may_have_another_name(self):
        gateway = self.start_gray(self.ROUTE, "gray: {trust: [127.0.0.0/8], header: x-lane}\n", behaviour=echoes)
        seen = self.seen(gateway, ("X-Lane", "green"), ("X-Gray-Tag", "own"), ("X_Lane", "red"))
        self.assertNotIn("x_lane", seen)
        self.assertEqual((seen["x-lane"], seen["baggage"], seen["x-gray-tag"]), (["green"], ["x-lane=green"], ["own"]))


class LaneTest(GatewayCase):
    """Two gateways in a row, as two services that pass on what they were sent."""

    def start_lanes(self):
        names = ("base1", "base2", "green1", "green2")
        self.at = {name: self.start_upstream(answers(name.encode())) for name in names}
        address = {name: upstream.address for name, upstream in self.at.items()}
        return self.start_gateway(
            "gray: {trust: [127.0.0.0/8]}\nclusters:\n"
            f'  orders: {{protocol: http1, endpoints: ["{address["base1"]}", "{address["base2"]}", '
            f'{{address: "{address["green1"]}", colour: green}}, {{address: "{address["green2"]}", colour: green}}]}}\n'
            f'  stock: {{protocol: http1, endpoints: ["{address["base1"]}"]}}\n'
            "routes:\n  - {id: orders, match: {prefix: /orders}, to: orders}\n"
            "  - {id: stock, match: {prefix: /}, to: stock}\n")

    def bodies(self, gateway, target, *headers):
        return {gateway.fetch(target, headers=headers).body.decode() for _ in range(8)}

    def test_a_colour_has_its_lane_and_falls_back_to_the_base(self):
        gateway = self.start_lanes()
        green = ("X-Gray-Tag", "green")
        self.assertEqual(self.bodies(gateway, "/orders", green), {"green1", "green2"})
        self.assertEqual(self.bodies(gateway, "/orders"), {"base1", "base2"})
        self.assertEqual(self.bodies(gateway, "/orders", ("X-Gray-Tag", "blue")), {"base1", "base2"})
        self.assertEqual(self.bodies(gateway, "/stock", green), {"base1"})
        self.at["green1"].stop()
        self.assertEqual(self.bodies(gateway, "/orders", green), {"green2"})
        self.at["green2"].stop()
        self.assertEqual(self.bodies(gateway, "/orders", green), {"base1", "base2"})


class ExplainTest(GrayCase):
    def refused(self, *arguments):
        done = run_banyan("colour", *arguments)
        self.assertEqual(done.returncode, 2, done)
        return done.stderr

    def test_mistakes_say_what_to_do(self):
        gateway = self.start_gray(f"{STICKY}, {HALVES}")
        config = ("-c", gateway.config, "--route", "all")
        self.assertIn("did you mean 'all'?", self.refused("-c", gateway.config, "--route", "al"))
        self.assertIn("there is no route 'x', there are: all third", self.refused("-c", gateway.config, "-r", "x"))
        self.assertIn("has no '='", self.refused(*config, "--key", "header:x"))
        self.assertIn("write header:NAME", self.refused(*config, "--key", "user=1"))
        self.assertIn("is no colour", self.refused(*config, "--tag", "a b"))
        self.assertIn("write it in UTC", self.refused(*config, "--at", "noon"))
        self.assertIn("--route", self.refused("-c", gateway.config))
        gateway.write_text("version: 1\n")
        self.assertIn("missing", self.refused(*config))

    def test_the_page_shows_what_the_command_says(self):
        """Each command of docs/gray.md is run on the files of that page, and gives the text below it."""
        with open(DOCS, encoding="utf-8") as file:
            page = file.read()
        for text in re.findall(r"```yaml\n(.*?)```", page, re.S):
            with open(self.path(re.match(r"# (\S+)", text).group(1)), "w", encoding="utf-8") as file:
                file.write(text)
        commands = re.findall(r"```sh\nbanyan (.*?)\n```\n```text\n(.*?)```", page, re.S)
        self.assertGreaterEqual(len(commands), 5)
        for command, wanted in commands:
            done = subprocess.run([binary(), *command.split()], cwd=self.directory, capture_output=True, text=True,
                                  timeout=300, check=False)
            self.assertEqual((done.stdout, done.stderr), (wanted, ""), command)
