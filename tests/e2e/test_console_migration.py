"""The migration board and the endpoint page in Debian's Chromium, before a gateway that keeps a ledger and moves a
route: by itself, by hand, and back."""
import json
import re

from lib.chromium import Browser
from lib.gateway import run_banyan
from lib.migrate import ROUTE, Clients, MigrateCase, profiles
from processes import wait_until

CARD = "[data-route=user-profile]"
SLOW = "mismatch_bound: 0.5%, hold: 15s, steps: [50%, 100%], build: {header: x-build}"


class ConsoleMigrationCase(MigrateCase):
    def browse(self, gateway, screen, who=""):
        browser = Browser(1280, 900)
        self.addCleanup(browser.close)
        browser.open(f"http://{gateway.admin}/console/")
        if who:
            browser.fill("[data-field=who]", who)
        browser.fill("[data-field=token]", gateway.token)
        browser.press("Enter")
        browser.wait_element("[data-connection=live]")
        browser.evaluate(f"location.hash = '#/{screen}'")
        return browser

    def wait_column(self, browser, column):
        browser.wait_element(f".column.{column} {CARD}")

    def figure(self, browser, name):
        """What a card says of a thing, or a figure at the head of an endpoint's page."""
        return browser.evaluate(
            "(name => { for (const dt of document.querySelectorAll('dt')) if (dt.innerText === name) "
            "return dt.nextElementSibling.innerText; "
            "for (const one of document.querySelectorAll('.figure')) if (one.innerText.includes(name)) "
            "return one.querySelector('b').innerText; return null; })" f"({json.dumps(name)})")

    def decide(self, browser, action, reason):
        """Until the dialog is closed; what was decided may be shown earlier."""
        self.ask_for(browser, action, reason)
        browser.wait("document.querySelector('.modal') === null", "the dialog closed")

    def ask_for(self, browser, action, reason):
        browser.click(f"[data-action={action}]")
        browser.fill("[data-field=reason]", reason)
        browser.click("[data-action=confirm]")

    def wait_narrow(self, browser):
        browser.wait("document.documentElement.scrollWidth <= 390", "a page no wider than the screen")

    def assert_quiet(self, browser):
        self.assertEqual(browser.take_problems(), [])
        self.assertNotRegex(browser.text(), r"\b(undefined|NaN|\[object)\b")


class BoardTest(ConsoleMigrationCase):
    def test_a_card_moves_from_column_to_column_while_its_bound_shrinks(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   SLOW + ", mirror: {timeout: 60s}")
        self.learn_builds(gateway)
        browser = self.browse(gateway, "migration")
        self.wait_column(browser, "mirrored")
        bounds, times, seen = [], [], {"mirrored"}
        with Clients(gateway.address, count=1):
            def reached():
                column, text = browser.evaluate("(card => [card.closest('.column').classList[1], card.innerText])"
                                                f"(document.querySelector('{CARD}'))")
                seen.add(column)
                bound = re.search(r"Differences at most\s+([\d.]+) %", text)
                if bound and column == "mirrored":
                    bounds.append(float(bound[1]))
                left = self.figure(browser, "Next step in about")
                if left and left != "–":
                    times.append(left)
                return column == "native"
            wait_until(reached, 300, "the card in the column of those that have moved")
            self.assertEqual(self.figure(browser, "Next step in about"), None)
        self.assertIn("shifted", seen)
        self.assertGreater(len(set(bounds)), 2)
        self.assertEqual(bounds, sorted(bounds, reverse=True))
        self.assertLess(bounds[-1], bounds[0])
        self.assertTrue(times)
        for left in times:
            self.assertRegex(left, r"^[\d.,]+ (s|min|h)$")
        self.assertIn("100 %", browser.evaluate(f"document.querySelector('{CARD}').innerText"))
        self.assert_quiet(browser)

    def test_the_expected_time_is_about_the_time_it_takes(self):
        """Each picture of the card foretells a moment: never one before the route may move, and of pictures that may be
        old when they are read the best foretells when it moves."""
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   SLOW.replace("hold: 15s", "hold: 30s") + ", mirror: {timeout: 60s}")
        self.learn_builds(gateway)
        browser = self.browse(gateway, "migration")
        self.wait_column(browser, "mirrored")
        route = self.ledger(gateway)
        earliest = browser.evaluate(f"Date.parse({json.dumps(route['held_since'])}) / 1000") + route["hold_s"]
        foretold = []

        def moved():
            column, left, now = browser.evaluate(
                "(card => [card.closest('.column').classList[1], [...card.querySelectorAll('dt')].filter(one => "
                "one.innerText === 'Next step in about').map(one => one.nextElementSibling.innerText)[0] || '', "
                f"Date.now() / 1000])(document.querySelector('{CARD}'))")
            if column == "mirrored" and left.endswith(" s"):
                foretold.append(now + float(left.split()[0]))
            return column != "mirrored"

        with Clients(gateway.address, count=1):
            wait_until(moved, 300, "the step")
        step = next(one for one in self.endpoint(gateway)["transitions"] if one["to"]["stage"] == "verified")
        self.assertGreater(min(foretold), earliest - 2)
        self.assertLess(min(foretold), step["at_ns"] / 1e9 + 6)

    def test_a_route_without_builds_says_why_it_waits_and_a_chinese_narrow_screen_shows_it(self):
        gateway = self.start_route(profiles("old", ""), profiles("new", ""), "mismatch_bound: 1%, hold: 1s")
        browser = self.browse(gateway, "migration")
        gateway.fetch("/user/profile?id=1")
        browser.wait_text("the build of a side is not known")
        browser.click("[data-action=language]")
        browser.resize(390, 800, mobile=True)
        browser.wait_text("差异率上限")
        self.wait_narrow(browser)
        browser.click(CARD)
        browser.wait_element("main[data-screen=endpoint] .steps")
        self.wait_narrow(browser)
        self.assert_quiet(browser)


class TopologyTest(ConsoleMigrationCase):
    def test_a_sandbox_is_a_line_with_what_flows_there(self):
        self.rehearsal = self.start_upstream(profiles("new", "native-1"))
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"),
                                   SLOW + ", sandbox: {cluster: rehearsal}, mirror: {percent: 50}")
        route = gateway.ask_admin("/topology").json()["routes"][0]
        self.assertEqual((route["sandbox"], route["mirror"]), ({"cluster": "rehearsal", "percent": 50}, None))
        self.assertEqual([target["cluster"] for target in route["targets"]], ["legacy", "native"])
        browser = self.browse(gateway, "topology")
        browser.wait_element('[data-box="c:rehearsal"]')
        with Clients(gateway.address, count=1):
            browser.wait_element("path.edge.mirror.live")
        self.assertEqual(browser.evaluate("document.querySelectorAll('path.edge.mirror').length"), 1)
        self.assert_quiet(browser)

    def text(self, keys=ROUTE):
        return super().text(keys).replace("ledger:", f'  rehearsal: {{protocol: http1, endpoints: '
                                                     f'["{self.rehearsal.address}"]}}\nledger:')


class EndpointTest(ConsoleMigrationCase):
    def test_people_promote_hold_release_and_roll_back_with_reasons(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        browser = self.browse(gateway, "migration")
        browser.click(CARD)
        browser.wait_element("main[data-screen=endpoint] .steps")
        browser.click("[data-action=promote]")
        browser.click("[data-action=confirm]")
        browser.wait_text("Please give a reason.")
        browser.press("Escape")
        for reason, state in (("checked by hand", ("verified", 0)), ("a first share", ("shifted", 2500))):
            self.decide(browser, "promote", reason)
            browser.wait_text(reason)
            route = self.ledger(gateway)
            self.assertEqual((route["stage"], route["share_hundredths"]), state)
        browser.wait_text("25 %")
        self.decide(browser, "hold", "the holidays")
        browser.wait_element("[data-action=release]")
        self.assertEqual(self.ledger(gateway)["hold_reason"], "the holidays")
        self.ask_for(browser, "promote", "all the same")
        browser.wait_text("release it")  # what the gateway says against it, in the dialog
        browser.press("Escape")
        self.decide(browser, "release", "back from the holidays")
        browser.wait_element("[data-action=hold]")
        self.assertEqual(self.sides(gateway), {"old", "new"})
        self.decide(browser, "rollback", "wrong totals")
        browser.wait_element(".alert.bad")
        self.assertEqual(self.sides(gateway), {"old"})
        self.assertEqual(self.ledger(gateway)["hold_reason"], "wrong totals")
        for reason in ("checked by hand", "a first share", "the holidays", "back from the holidays", "wrong totals"):
            browser.wait_text(reason)
            changes = wait_until(lambda reason=reason: [
                change for change in gateway.events()
                if change["event"] == "admin_change" and change["reason"] == reason], 60, f"the log of {reason}")
            self.assertEqual(changes[0]["status"], 200)
        browser.evaluate("location.hash = '#/migration'")
        self.wait_column(browser, "held")
        # The browser reports the 409 that was asked for here.
        self.assertEqual([one for one in browser.take_problems() if "409" not in one], [])

    def test_whoever_gave_a_name_at_the_login_stands_with_each_change(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        browser = self.browse(gateway, "endpoint/user-profile", " 王小明 ")
        browser.wait_element("main[data-screen=endpoint] .steps")
        browser.click("[data-action=promote]")
        browser.wait_text("with your name (王小明)")
        browser.press("Escape")
        browser.click("[data-action=language]")
        browser.click("[data-action=promote]")
        browser.wait_text("您的姓名（王小明）")
        reason = "已人工核对全部字段。" * 50
        browser.fill("[data-field=reason]", reason)
        browser.click("[data-action=confirm]")
        browser.wait_text("王小明 (admin API)")
        browser.wait("document.querySelector('.modal') === null", "the dialog closed")
        made = self.endpoint(gateway)["transitions"][0]
        self.assertEqual((made["by"], made["why"]), ("王小明 (admin API)", reason))
        change = wait_until(lambda: [one for one in gateway.events() if one["event"] == "admin_change"], 60,
                            "the log of the change")[0]
        self.assertRegex(change["who"], r"^王小明 \(127\.0\.0\.1:\d+\)$")
        self.assertEqual(change["reason"], reason)
        report = run_banyan("report", "user-profile", "--ledger", gateway.path("banyan.db"))
        self.assertIn("王小明 (admin API)", report.stdout, report.stderr)
        self.assertEqual(browser.evaluate("sessionStorage.getItem('banyan.who')"), "王小明")
        browser.click("[data-action=log-out]")
        browser.wait_element("[data-field=who]")
        self.assertEqual(browser.evaluate("sessionStorage.length"), 0)
        browser.fill("[data-field=token]", gateway.token)
        browser.press("Enter")
        browser.wait_element("main[data-screen=endpoint] .steps")
        self.decide(browser, "hold", "the holidays")
        browser.wait_element("[data-action=release]")
        wait_until(lambda: self.endpoint(gateway)["transitions"][0]["by"] == "admin API", 60, "the hold in the ledger")
        self.assert_quiet(browser)

    def test_what_differs_is_shown_as_a_tree_and_as_pairs_side_by_side(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: n % 5 == 0))
        browser = self.browse(gateway, "endpoint/user-profile")
        browser.wait_element("main[data-screen=endpoint] .steps")
        with Clients(gateway.address, count=1):
            browser.wait_element(".pair .differs", 120)
            browser.wait("Number(document.querySelector('.tree .badge').innerText.replace(/,/g, '')) > 3", "counts")
        self.assertEqual(browser.evaluate("[...document.querySelectorAll('.tree code')].map(one => one.innerText)"),
                         ["$", "name"])
        sides = browser.evaluate("[...document.querySelectorAll('.pair pre')].map(one => one.innerText)")
        self.assertEqual(len(sides), 2)
        self.assertIn('"name": "name"', sides[0])
        self.assertIn('"name": "nme"', sides[1])
        self.assertIn('"id": "***"', sides[0])
        marked = browser.evaluate("[...document.querySelectorAll('.pair .differs')].map(one => one.innerText.trim())")
        self.assertEqual([line.rstrip(",") for line in marked], ['"name": "name"', '"name": "nme"'])
        # The list has the values from the bodies, which are masked where they were named alone.
        self.assertIn('"name" → "nme"', browser.text())
        self.assertEqual(self.figure(browser, "Next step in about"), "–")
        browser.wait_element("svg path, svg polyline")
        self.assert_quiet(browser)

    def test_values_of_keys_with_spaces_and_of_arrays_in_another_order_are_told_as_they_are(self):
        def user(build, name, roles):
            body = json.dumps({"full name": name, "it's": name, "roles": roles, "served_by": "both"}).encode()
            return lambda exchange: exchange.reply(body, headers=[("Content-Type", "application/json"),
                                                                  ("X-Build", build)])

        self.legacy = self.start_upstream(user("php-1", "Ann", ["a", "b"]))
        self.native = self.start_upstream(user("native-1", "Bob", ["b", "c", "d"]))
        gateway = self.start_gateway(self.text().replace(', samples: {mask: ["$.id"]}', "").replace(
            'ignore: ["$.served_by"]', 'unordered: ["$.roles"]'))
        browser = self.browse(gateway, "endpoint/user-profile")
        with Clients(gateway.address, count=1):
            browser.wait_element(".pair .differs", 120)
        shown = browser.evaluate("[...document.querySelectorAll('ul.plain li')].map(one => one.innerText).join(' | ')")
        self.assertEqual(shown.count('"Ann" → "Bob"'), 2, shown)
        self.assertIn('"a" → absent', shown)
        self.assertIn('absent → "c"', shown)
        marked = browser.evaluate("[...document.querySelectorAll('.pair .differs')].map(one => one.innerText.trim())")
        self.assertIn('"full name": "Ann",', marked)
        self.assertIn('"it\'s": "Bob",', marked)
        self.assert_quiet(browser)

    def test_the_pair_that_is_looked_at_stays_while_newer_ones_come(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1", lambda n: True))
        browser = self.browse(gateway, "endpoint/user-profile")
        pairs = "document.querySelectorAll('[data-field=sample] option').length"
        with Clients(gateway.address, count=1):
            browser.wait_element(".pair .differs", 120)
            looked_at = browser.evaluate("document.querySelector('[data-field=sample]').value")
            browser.wait(f"{pairs} > 8", "more pairs", 120)
            self.assertEqual(browser.evaluate("document.querySelector('[data-field=sample]').value"), looked_at)
            other = browser.evaluate("document.querySelector('[data-field=sample] option:nth-child(4)').value")
            browser.choose("[data-field=sample]", other)
            count = browser.evaluate(pairs)
            browser.wait(f"{pairs} > {count}", "more pairs", 120)
            self.assertEqual(browser.evaluate("document.querySelector('[data-field=sample]').value"), other)
        self.assert_quiet(browser)

    def test_a_header_that_differs_is_marked(self):
        def typed(exchange):
            body = json.dumps({"id": int(exchange.target.rpartition("=")[2]), "name": "name"}).encode()
            exchange.reply(body, headers=[("Content-Type", "text/json"), ("X-Build", "native-1")])

        gateway = self.start_route(profiles("old", "php-1"), typed)
        browser = self.browse(gateway, "endpoint/user-profile")
        with Clients(gateway.address, count=1):
            browser.wait_element(".pair .differs", 120)
        marked = browser.evaluate("[...document.querySelectorAll('.pair .differs')].map(one => one.innerText.trim())")
        self.assertEqual(marked, ["Content-Type: application/json", "Content-Type: text/json"])
        self.assertIn('"application/json" → "text/json"', browser.text())
        self.assert_quiet(browser)

    def test_an_alarm_is_shown_with_its_reason(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"))
        self.learn_builds(gateway)
        for _ in range(3):
            self.order(gateway, "promote")
        browser = self.browse(gateway, "endpoint/user-profile")
        browser.wait_element("main[data-screen=endpoint] .steps")
        self.native.behaviour = profiles("new", "native-1", lambda number: number % 2 == 0)
        with Clients(gateway.address, count=1):
            browser.wait_text("differ more often than the bound allows", 120)
        browser.wait_element(".alert.bad")
        browser.evaluate("location.hash = '#/migration'")
        self.wait_column(browser, "held")
        self.assert_quiet(browser)

    def test_an_endpoint_that_is_not_there_is_told(self):
        gateway = self.start_route(profiles("old", "php-1"), profiles("new", "native-1"), ROUTE)
        browser = self.browse(gateway, "endpoint/nobody")
        browser.wait_text("nobody")
        self.assertNotRegex(browser.text(), r"\b(undefined|NaN|\[object)\b")


if __name__ == "__main__":
    import unittest

    unittest.main()
