"""The console in Debian's Chromium, before a real gateway under traffic: every screen, every action, both languages."""
import gzip
import json
import os
import re
import socket
import threading
import time
import unittest
import urllib.parse

from lib.case import GatewayCase
from lib.chromium import Browser
from lib.raw_http import Load, RawClient, fetch
from processes import wait_until

WEB = os.path.join(os.path.dirname(__file__), "..", "..", "src", "console", "web")
SCREENS = {"overview": "o", "migration": "m", "gray": "g", "topology": "t", "breakers": "b", "tap": "l", "tasks": "p"}
ROUTES = """
routes:
  - id: profile
    match: {prefix: /user/}
    sticky: {keys: ["header:x-user-id"]}
    rules: [{when: {header: {x-beta: "1"}}, to: native}]
    split: [{cluster: legacy, percent: 90}, {cluster: native, percent: 10}]
  - id: rest
    match: {prefix: /}
    to: legacy
    mirror: {cluster: native, percent: 100}
    fallback: {cluster: native}
"""


def colours(exchange):
    exchange.read_body()
    status = "404 Not Found" if b" /missing" in exchange.head.split(b"\r\n")[0] else "200 OK"
    exchange.reply(b'{"ok":true}', status, [("Content-Type", "application/json")])


class ConsoleCase(GatewayCase):
    def start(self, settings=None):
        legacy, native = self.start_upstream(colours), self.start_upstream(colours)
        return self.start_gateway(
            f'clusters:\n  legacy: {{protocol: http1, endpoints: ["{legacy.address}"]}}\n'
            f'  native: {{protocol: http1, endpoints: ["{native.address}"], breaker: {{}}}}\n' + ROUTES,
            settings)

    def browse(self, gateway, width=1280, height=900, arguments=()):
        browser = Browser(width, height, arguments)
        self.addCleanup(browser.close)
        browser.open(f"http://{gateway.admin}/console/")
        return browser

    def log_in(self, gateway, browser):
        browser.fill("[data-field=token]", gateway.token)
        browser.press("Enter")
        browser.wait_element("[data-connection=live]")

    def problems(self, browser):
        """What the browser complained of, but for the 404 by which a gateway says that it keeps no ledger."""
        return [one for one in browser.take_problems() if not ("404" in one and one.endswith("/ledger"))]

    def show(self, browser, screen):
        browser.evaluate(f"location.hash = '#/{screen}'")
        browser.wait_element(f"main[data-screen={screen}]")

    def show_by_keys(self, browser, screen):
        """Both keys again where the second came too late for the first."""
        def shown():
            browser.press("g", SCREENS[screen])
            return browser.evaluate(f"document.querySelector('main[data-screen={screen}]') !== null")
        wait_until(shown, 60, f"the screen {screen}")


class FilesTest(ConsoleCase):
    def test_files_are_compressed_tagged_and_bound_to_this_origin(self):
        gateway = self.start()
        page = fetch(gateway.admin, "/console/")
        self.assertEqual(page.status, 200)
        policy = page.get("content-security-policy")
        self.assertIn("default-src 'none'", policy)
        self.assertIn("frame-ancestors 'none'", policy)
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("http", policy)
        self.assertEqual(page.get("x-content-type-options"), "nosniff")
        packed = fetch(gateway.admin, "/console/main.js", headers=[("Accept-Encoding", "br, gzip;q=0.5")])
        self.assertEqual((packed.get("content-encoding"), packed.get("vary")), ("gzip", "Accept-Encoding"))
        for refused in ("br", "gzip;q=0", "gzip; q=0.0", "identity"):
            plain = fetch(gateway.admin, "/console/main.js", headers=[("Accept-Encoding", refused)])
            self.assertIsNone(plain.get("content-encoding"), refused)
            self.assertEqual(gzip.decompress(packed.body), plain.body)
        with open(os.path.join(WEB, "main.js"), "rb") as file:
            self.assertEqual(plain.body, file.read())
        again = fetch(gateway.admin, "/console/main.js", headers=[("If-None-Match", packed.get("etag"))])
        self.assertEqual((again.status, again.body), (304, b""))
        other = fetch(gateway.admin, "/console/main.js", headers=[("If-None-Match", page.get("etag"))])
        self.assertEqual(other.status, 200)

    def test_what_is_not_there_and_what_is_not_allowed(self):
        gateway = self.start()
        self.assertEqual(fetch(gateway.admin, "/console").get("location"), "/console/")
        self.assertEqual(fetch(gateway.admin, "/console/../status").status, 404)
        self.assertEqual(fetch(gateway.admin, "/console/index.html").status, 404)
        posted = fetch(gateway.admin, "/console/", method="POST", body=b"")
        self.assertEqual((posted.status, posted.get("allow")), (405, "GET, HEAD"))
        for target in ("/events", "/tap", "/topology", "/colour?route=profile", "/status"):
            self.assertEqual(fetch(gateway.admin, target).status, 401, target)
        self.assertEqual(gateway.ask_admin("/events", method="POST").status, 405)

    def test_questions_of_the_console(self):
        gateway = self.start()
        graph = gateway.ask_admin("/topology").json()
        self.assertEqual([listener["address"] for listener in graph["listeners"]], [gateway.address])
        self.assertEqual([route["id"] for route in graph["routes"]], ["profile", "rest"])
        self.assertEqual([target["percent"] for target in graph["routes"][0]["targets"]], [90, 10])
        self.assertEqual(graph["routes"][0]["rules"][0]["when"], "header:x-beta=1")
        self.assertEqual(graph["routes"][1]["mirror"]["cluster"], "native")
        self.assertEqual([route["fallback"] for route in graph["routes"]], [None, "native"])
        keys = urllib.parse.urlencode([("route", "profile"), ("key", "header:x-user-id=7"), ("key", "header:x-beta=1")])
        answer = gateway.ask_admin(f"/colour?{keys}").json()
        self.assertEqual((answer["cluster"], answer["decided_by"]), ("native", "rule"))
        for query, words in (("route=profil", "did you mean 'profile'?"), ("route=profile&key=x", "has no '='"),
                             ("route=profile&at=noon", "write it in UTC"), ("route=profile&tag=a+b", "is no colour")):
            refused = gateway.ask_admin(f"/colour?{query}")
            self.assertEqual(refused.status, 400)
            self.assertIn(words, refused.json()["error"])
        self.assertEqual(gateway.ask_admin("/tap?status=abc").status, 400)


class ScreensTest(ConsoleCase):
    def test_log_in_and_every_screen_without_an_error(self):
        gateway = self.start()
        browser = self.browse(gateway)
        browser.wait_element("[data-field=token]")
        browser.fill("[data-field=token]", "0123456789abcdef0123")
        browser.press("Enter")
        browser.wait_text("does not take this token")
        # The browser itself reports the 401 that was asked for here.
        self.assertEqual([problem for problem in self.problems(browser) if "401" not in problem], [])
        self.log_in(gateway, browser)
        with Load(gateway.address, target="/user/profile?secret=1", clients=2):
            browser.wait_text("Requests/s")
            wait_until(lambda: gateway.route("profile")["requests"] > 200, 120, "traffic")
            browser.wait("Number(document.querySelector('.figure b').textContent.replace(/,/g, '')) > 1", "a live rate")
            for screen in SCREENS:
                self.show_by_keys(browser, screen)
                time.sleep(0.3)
            self.show(browser, "topology")
            browser.wait_element("path.edge.live")
            browser.wait_element("path.edge.fallback")
            for box in (f"l:{gateway.address}", "r:profile", "c:native"):
                browser.wait_element(f'[data-box="{box}"]')
        self.assertEqual(self.problems(browser), [])
        self.assertEqual({urllib.parse.urlsplit(url).netloc for url in browser.requests} - {""}, {gateway.admin})

    def test_the_topology_shows_what_each_of_several_endpoints_gets(self):
        one, other, idle = (self.start_upstream(colours) for _ in range(3))
        endpoints = ", ".join(f'{{address: "{up.address}", weight: {weight}}}'
                              for up, weight in ((one, 3), (other, 1), (idle, 0)))
        gateway = self.start_gateway(f"clusters:\n  up: {{protocol: http1, endpoints: [{endpoints}]}}\n"
                                     "routes:\n  - {id: all, match: {prefix: /}, to: up}\n")
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "topology")
        with Load(gateway.address, clients=1):
            browser.wait_element(f'[data-box="e:up:{one.address}"]')
            # In some second that holds enough of them: a round cut short at either end may show another share.
            rates = browser.wait(
                "(rates => rates[0] + rates[1] > 20 && Math.abs(rates[0] / rates[1] - 3) < 0.5 && rates)"
                "([...document.querySelectorAll('[data-box^=\"e:\"]')]"
                ".map(box => Number(/([\\d.,]+)\\/s/.exec(box.textContent)?.[1].replace(/,/g, ''))))",
                "three times as much at the first endpoint as at the second", 120)
            # From the listener to the route, from there to the cluster, and to two endpoints.
            browser.wait("document.querySelectorAll('path.edge.live').length === 4", "four live edges")
        self.assertEqual(rates[2], 0)
        attempts = lambda: [endpoint["attempts"] for endpoint in gateway.status()["clusters"][0]["endpoints"]]
        wait_until(lambda: sum(attempts()) == one.requests + other.requests, 60, "every request being counted")
        self.assertEqual(attempts()[2], 0)
        self.assertEqual(self.problems(browser), [])

    def test_what_a_tab_keeps_and_forgets(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.assertEqual(browser.evaluate("document.cookie"), "")
        self.assertNotIn(gateway.token, browser.evaluate("JSON.stringify({...localStorage})"))
        browser.open(f"http://{gateway.admin}/console/#/breakers")
        browser.wait_element("[data-cluster=native]")
        browser.click("[data-action=log-out]")
        browser.wait_element("[data-field=token]")
        self.assertEqual(browser.evaluate("JSON.stringify({...sessionStorage})"), "{}")

    def test_languages_light_and_narrow_screens(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        browser.wait_text("Requests/s")
        darkest = "Math.min(...getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number))"
        for scheme, seen in (("dark", f"{darkest} <= 128"), ("light", f"{darkest} > 128")):
            browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            browser.wait(seen, f"a {scheme} page")
        browser.click("[data-action=theme]")  # system to light
        browser.click("[data-action=theme]")  # to dark, whatever the system prefers
        browser.wait("getComputedStyle(document.body).backgroundColor === 'rgb(18, 22, 20)'", "a dark page")
        browser.click("[data-action=language]")
        browser.wait_text("请求/秒")
        self.assertEqual(browser.evaluate("document.documentElement.lang"), "zh")
        browser.resize(390, 800, mobile=True)
        for screen in SCREENS:
            self.show(browser, screen)
            time.sleep(0.2)
            browser.wait("document.documentElement.scrollWidth <= 390", f"a page no wider than the screen: {screen}")
            self.assertNotRegex(browser.text(), r"\b(undefined|NaN|\[object)\b", screen)

    def test_keys_open_and_close_the_help(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        browser.press("?")
        browser.wait_element(".modal kbd")
        browser.press("Escape")
        browser.wait("document.querySelector('.modal') === null", "the help closed")

    def test_a_gateway_that_ends_is_told(self):
        gateway = self.start({"drain_timeout": "1h"})  # for which an open page does not hold it up
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.assertEqual(gateway.stop(), 0)
        browser.wait_element("[data-connection=lost]")


class ActionsTest(ConsoleCase):
    def breaker(self, gateway):
        return next(one for one in gateway.status()["clusters"] if one["name"] == "native")["breaker"]

    def test_a_breaker_is_forced_with_a_reason_which_is_logged(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "breakers")
        for value, state in (("open", "open"), ("closed", "closed"), ("none", "closed")):
            browser.click(f"[data-cluster=native] [data-force={value}]")
            browser.click("[data-action=confirm]")
            browser.wait_text("Please give a reason.")
            browser.fill("[data-field=reason]", f"drill {value}")
            browser.click("[data-action=confirm]")
            browser.wait("document.querySelector('.modal') === null", "the dialog closed")
            breaker = self.breaker(gateway)
            self.assertEqual((breaker["forced"], breaker["state"]), (value, state))
            browser.wait_element(f"[data-cluster=native] [data-force={value}][aria-pressed=true]")
            line = wait_until(lambda: self.change(gateway, f"drill {value}"), 60, "the audit line")
            self.assertEqual((line["what"], line["status"]), ("POST /clusters/native/breaker", 200))
            self.assertEqual(json.loads(line["asked"])["force"], value)
            self.assertTrue(line["who"].startswith("127.0.0.1"))
        self.assertNotIn(gateway.token, gateway.log())
        self.assertEqual(self.problems(browser), [])

    def change(self, gateway, reason):
        """The line of the log about the change with that reason."""
        return next((line for line in gateway.events()
                     if line["event"] == "admin_change" and line["reason"] == reason), None)

    def test_the_dialog_is_left_without_a_change(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "breakers")
        browser.click("[data-cluster=native] [data-force=open]")
        browser.wait_element("[data-field=reason]")
        browser.press("Escape")
        browser.wait("document.querySelector('.modal') === null", "the dialog closed")
        self.assertEqual(self.breaker(gateway)["forced"], "none")

    def test_a_breaker_is_forced_by_keys_alone(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show_by_keys(browser, "breakers")
        button = "[data-cluster=native] [data-force=open]"
        browser.wait_element(button)
        for _ in range(60):
            if browser.evaluate(f"document.activeElement.matches('{button}')"):
                break
            browser.press("Tab")
        browser.press("Enter")
        browser.wait_element(".modal [data-field=reason]")
        focus = "document.activeElement.dataset.field || document.activeElement.dataset.action || 'cancel'"
        seen = []
        for _ in range(4):  # round and round, never behind the dialog
            seen.append(browser.evaluate(focus))
            self.assertTrue(browser.evaluate("document.querySelector('.modal').contains(document.activeElement)"))
            browser.press("Tab")
        self.assertEqual(seen, ["reason", "cancel", "confirm", "reason"])
        browser.press("Tab", "Tab")  # from "cancel" to the field again
        browser.press(*"drill")
        browser.press("Tab", "Tab", "Enter")
        browser.wait("document.querySelector('.modal') === null", "the dialog closed")
        self.assertEqual(self.breaker(gateway)["forced"], "open")
        self.assertTrue(browser.evaluate(f"document.activeElement.matches('{button}')"))
        self.assertEqual(self.problems(browser), [])

    def test_a_dry_run_says_what_the_gateway_then_does(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "gray")
        number = 0
        for user in ("42", "7", "1001"):
            browser.fill('[data-key="header:x-user-id"]', user)
            browser.click("[data-action=dry-run]")
            said = browser.wait("document.querySelector('[data-answer]')?.dataset.answer", "an answer")
            gateway.fetch("/user/x", headers=[("X-User-Id", user)])
            number += 1
            self.assertEqual(gateway.wait_access_log(number)[-1]["cluster"], said, user)
            browser.fill('[data-key="header:x-user-id"]', "")
        self.assertEqual(self.problems(browser), [])

    def test_the_tap_shows_what_passes_its_filter_without_queries(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "tap")
        browser.choose("[data-field=status]", "4xx")
        browser.click("[data-action=watch]")
        browser.wait_text("watching")
        browser.wait("document.querySelector('[data-action=stop]') !== null", "the tap runs")
        def ask():
            gateway.fetch("/missing?token=hush")
            gateway.fetch("/fine?token=hush")
            return browser.evaluate("document.querySelectorAll('.tap .line').length") >= 3
        wait_until(ask, 60, "tapped requests")
        shown = browser.text()
        self.assertIn("/missing", shown)
        self.assertNotIn("/fine", shown)
        browser.click(".tap .line")
        browser.wait_element(".tap pre")
        self.assertNotIn("hush", browser.text())
        browser.click("[data-action=stop]")
        browser.wait_text("stopped")
        self.assertEqual(self.problems(browser), [])

    def test_tasks_and_a_profile(self):
        gateway = self.start()
        browser = self.browse(gateway)
        self.log_in(gateway, browser)
        self.show(browser, "tasks")
        browser.wait_text("gateway worker")
        with Load(gateway.address, target="/user/profile", clients=4):
            browser.click("[data-action=profile]")
            browser.wait_element("[data-profile=text]", timeout=120)
        self.assertRegex(browser.text(), r"\d+(\.\d+)? ?%")
        self.assertEqual(self.problems(browser), [])


class StreamsTest(ConsoleCase):
    def listen(self, gateway, target):
        """The raw stream, in a thread: [text so far]."""
        host, port = gateway.admin.split(":")
        connection = socket.create_connection((host, int(port)), 60)
        self.addCleanup(connection.close)
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\n"
                           f"Authorization: Bearer {gateway.token}\r\n\r\n".encode())
        chunks = []
        def read():
            try:
                while data := connection.recv(65536):
                    chunks.append(data)
            except OSError:
                pass
        threading.Thread(target=read, daemon=True).start()
        return connection, lambda: b"".join(chunks).decode(errors="replace")

    def test_listeners_share_one_frame_a_second(self):
        gateway = self.start()
        texts = [self.listen(gateway, "/events")[1] for _ in range(3)]
        def frames(text):
            return {frame for frame in re.findall(r"data: (\{.*?\})\n\n", text().replace("\r\n", "\n"))}
        wait_until(lambda: all(len(frames(text)) >= 4 for text in texts), 60, "four frames each")
        shared = frames(texts[0]) & frames(texts[1]) & frames(texts[2])
        self.assertGreaterEqual(len(shared), 2)
        json.loads(next(iter(shared)))

    def test_listeners_are_few_and_give_their_place_back(self):
        gateway = self.start()
        held = [self.listen(gateway, "/tap") for _ in range(8)]
        wait_until(lambda: all(" 200 " in text() for _, text in held), 60, "eight listeners")
        self.assertEqual(gateway.ask_admin("/tap").status, 503)
        for connection, _ in held:
            connection.close()
        def free():
            connection, text = self.listen(gateway, "/tap")
            wait_until(lambda: "\r\n" in text(), 60, "an answer")
            connection.close()
            return " 200 " in text()
        wait_until(free, 60, "a place again")

    def test_the_tap_counts_what_is_too_much(self):
        gateway = self.start_gateway("clusters: {}\nroutes:\n  - {id: rest, match: {prefix: /}, static: {root: /}}\n")
        _, text = self.listen(gateway, "/tap?route=rest")
        wait_until(lambda: "200 OK" in text(), 60, "the stream")

        def asked():
            """So many within one connection that a busy machine too has more than a hundred of them in a second."""
            with RawClient(gateway.address) as client:
                client.send(b"GET /many HTTP/1.1\r\nHost: a\r\n\r\n" * 500)
                for _ in range(500):
                    self.assertEqual(client.read_response().status, 404)
            return "event: skipped" in text()
        wait_until(asked, 120, "skipped lines counted")
        self.assertIn('"target":"/many"', text())


class WordsTest(unittest.TestCase):
    def words(self):
        with open(os.path.join(WEB, "words.js"), encoding="utf-8") as file:
            text = re.sub(r"//.*", "", file.read())
        strings = r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
        entries = re.findall(rf"(\w+):\s*\[\s*{strings},\s*{strings},?\s*\]", text)
        self.assertEqual(len(entries), len(re.findall(r"^  \w+:\s*\[", text, re.M)), "an entry without both languages")
        return {key: (english[1:-1], chinese[1:-1]) for key, english, chinese in entries}

    def source(self):
        text = ""
        for name in sorted(os.listdir(WEB)):
            if name.endswith(".js") and name != "words.js":
                with open(os.path.join(WEB, name), encoding="utf-8") as file:
                    text += file.read()
        return text

    def test_every_text_is_there_in_both_languages(self):
        words = self.words()
        self.assertGreater(len(words), 150)
        for key, (english, chinese) in words.items():
            self.assertTrue(english.strip() and chinese.strip(), key)
            self.assertEqual(set(re.findall(r"\{\d\}", english)), set(re.findall(r"\{\d\}", chinese)), key)
            self.assertNotRegex(english, r"[一-鿿]", key)

    def test_every_text_used_is_there_and_every_text_there_is_used(self):
        words, source = self.words(), self.source()
        used = set(re.findall(r"\bt\(\s*'(\w+)'", source))
        self.assertEqual(used - set(words), set())
        prefixes = tuple(re.findall(r"\bt\(\s*`(\w+_)\$", source))
        suffixes = tuple(re.findall(r"\bt\(\s*`\$\{action\}(_\w+)`", source))
        for key in set(words) - used:
            self.assertTrue(f"'{key}'" in source or key.startswith(prefixes) or key.endswith(suffixes),
                            f"nothing shows {key}")


if __name__ == "__main__":
    unittest.main()
