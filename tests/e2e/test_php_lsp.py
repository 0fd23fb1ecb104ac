"""The language server as an editor drives it: over standard input and output, with its framing."""
import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

BANYAN = os.environ.get("BANYAN_BIN", "banyan")
TIMEOUT_S = 120

SHOP = """<?php
namespace Shop;

/** The price with tax. */
function price(int $cents): int { return $cents * 2; }

class Cart
{
    private array $items = [];
    public function add(string $name): self { $this->items[] = $name; return $this; }
}
"""

PAGE = """<?php
use Shop\\Cart;
function page($n) {
    $cart = new Cart();
    $cart->add('\u00e9\U0001f600')->add("b");
    return sizeof([$n]) + \\Shop\\price($n);
}
"""


class Client:
    """Speaks to one server; messages that are no answers are kept by their method."""

    def __init__(self, *options):
        self.process = subprocess.Popen([BANYAN, "php", "lsp", *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.notified = []
        self.last_id = 0

    def send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def read(self):
        length = None
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise EOFError("the server ended")
            if line == b"\r\n":
                return json.loads(self.process.stdout.read(length))
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)

    def call(self, method, params):
        self.last_id += 1
        self.send({"id": self.last_id, "method": method, "params": params})
        while True:
            message = self.read()
            if message.get("id") == self.last_id:
                return message
            self.notified.append(message)

    def result(self, method, params):
        answer = self.call(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def diagnostics(self, uri):
        while True:
            for message in self.notified:
                if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                    self.notified.remove(message)
                    return message["params"]
            self.notified.append(self.read())

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class LspTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="banyan-lsp-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.write("shop.php", SHOP)
        self.write("page.php", PAGE)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def uri(self, name):
        return "file://" + os.path.join(self.folder, name)

    def start(self, encodings=("utf-8", "utf-16"), options=()):
        client = Client(*options)
        self.addCleanup(client.end)
        hello = client.result("initialize", {"processId": None, "rootUri": None,
                                             "capabilities": {"general": {"positionEncodings": list(encodings)}},
                                             "workspaceFolders": [{"uri": "file://" + self.folder, "name": "shop"}]})
        client.notify("initialized", {})
        client.encoding = hello["capabilities"]["positionEncoding"]
        return client

    def open(self, client, name, text):
        item = {"uri": self.uri(name), "languageId": "php", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})

    def at(self, client, text, needle, skip=0):
        """The position of the needle's first character, in what was agreed on."""
        before = text[:text.index(needle) + skip]
        line = before.count("\n")
        column = before.rpartition("\n")[2]
        size = len(column.encode()) if client.encoding == "utf-8" else len(column.encode("utf-16-le")) // 2
        return {"line": line, "character": size}

    def ask(self, client, method, text, needle, skip=0, **more):
        position = self.at(client, text, needle, skip)
        return client.call(method, {"textDocument": {"uri": self.uri("page.php")}, "position": position, **more})

    def test_names_across_files(self):
        for encodings in (["utf-16"], ["utf-8", "utf-16"]):
            with self.subTest(encodings=encodings):
                client = self.start(encodings)
                self.assertEqual(client.encoding, "utf-8" if "utf-8" in encodings else "utf-16")
                self.open(client, "page.php", PAGE)
                self.open(client, "shop.php", SHOP)
                hover = self.ask(client, "textDocument/hover", PAGE, "price(")["result"]
                self.assertIn("int $cents", hover["contents"]["value"])
                self.assertIn("The price with tax.", hover["contents"]["value"])
                # Behind characters that are counted differently.
                found = self.ask(client, "textDocument/definition", PAGE, "add(\"b\")")["result"]
                self.assertEqual(found[0]["uri"], self.uri("shop.php"))
                self.assertEqual(found[0]["range"]["start"]["line"], 9)
                found = self.ask(client, "textDocument/definition", PAGE, "Cart()")["result"]
                self.assertEqual(found[0]["range"]["start"], {"line": 6, "character": 6})
                self.assertEqual(client.result("shutdown", None), None)
                client.notify("exit", None)
                self.assertEqual(client.process.wait(TIMEOUT_S), 0)

    def test_folders_are_read_in_the_background(self):
        client = self.start()
        self.open(client, "page.php", PAGE)
        end = time.monotonic() + TIMEOUT_S
        while True:
            found = self.ask(client, "textDocument/definition", PAGE, "price(")["result"]
            if found:
                break
            self.assertLess(time.monotonic(), end)
        self.assertEqual(found[0]["uri"], self.uri("shop.php"))
        os.remove(os.path.join(self.folder, "shop.php"))
        client.notify("workspace/didChangeWatchedFiles", {"changes": [{"uri": self.uri("shop.php"), "type": 3}]})
        self.assertEqual(self.ask(client, "textDocument/definition", PAGE, "price(")["result"], [])

    def test_diagnostics_and_their_fixes(self):
        client = self.start()
        self.open(client, "page.php", "<?php echo $a +;\n")
        first = client.diagnostics(self.uri("page.php"))
        self.assertEqual(first["diagnostics"][0]["severity"], 1)
        self.assertTrue(first["diagnostics"][0]["code"].startswith("parse."))
        client.notify("textDocument/didChange", {"textDocument": {"uri": self.uri("page.php"), "version": 2},
                                                 "contentChanges": [{"text": "<?php echo 1;\n"}]})
        second = client.diagnostics(self.uri("page.php"))
        self.assertEqual((second["version"], second["diagnostics"]), (2, []))
        # One line in front, one word behind: both changes in one message.
        def change(line, first, last, text):
            return {"range": {"start": {"line": line, "character": first}, "end": {"line": line, "character": last}},
                    "text": text}
        client.notify("textDocument/didChange", {"textDocument": {"uri": self.uri("page.php"), "version": 3},
                                                 "contentChanges": [change(0, 5, 6, "\n"),
                                                                    change(1, 5, 6, "sizeof($argv)")]})
        third = client.diagnostics(self.uri("page.php"))["diagnostics"]
        self.assertEqual(third[0]["range"]["start"], {"line": 1, "character": 5})
        actions = client.result("textDocument/codeAction", {"textDocument": {"uri": self.uri("page.php")},
                                                            "range": third[0]["range"],
                                                            "context": {"diagnostics": third}})
        edits = actions[0]["edit"]["changes"][self.uri("page.php")]
        self.assertEqual([edit["newText"] for edit in edits], ["count"])

    def test_hover_knows_the_type_at_the_place(self):
        client = self.start()
        text = "<?php\nfunction f(?int $a) {\n    if ($a === null) { return $a; }\n    return [$a, strlen('x')];\n}\n"
        self.open(client, "page.php", text)
        value = self.ask(client, "textDocument/hover", text, "return $a", 8)["result"]["contents"]["value"]
        self.assertIn("Here: `null`", value)
        value = self.ask(client, "textDocument/hover", text, "[$a", 2)["result"]["contents"]["value"]
        self.assertIn("Here: `int`", value)
        value = self.ask(client, "textDocument/hover", text, "strlen")["result"]["contents"]["value"]
        self.assertIn("Here: `int<0, max>`", value)

    def test_flows_are_shown_with_their_steps(self):
        client = self.start()
        self.open(client, "shop.php", "<?php\nfunction asked() { return $_GET['q']; }\n")
        client.diagnostics(self.uri("shop.php"))
        self.open(client, "page.php", "<?php\necho asked();\n")
        found = client.diagnostics(self.uri("page.php"))["diagnostics"]
        flow = next(one for one in found if one["code"] == "taint.html")
        self.assertEqual(flow["range"]["start"]["line"], 1)
        steps = [(step["location"]["uri"], step["location"]["range"]["start"]["line"], step["message"])
                 for step in flow["relatedInformation"]]
        self.assertEqual(steps[0], (self.uri("shop.php"), 1, "$_GET['q']"))

    def test_rename(self):
        client = self.start()
        self.open(client, "page.php", PAGE)
        renamed = self.ask(client, "textDocument/rename", PAGE, "$cart", 2, newName="basket")["result"]
        edits = renamed["changes"][self.uri("page.php")]
        self.assertEqual([edit["range"]["start"]["line"] for edit in edits], [3, 4])
        refusal = self.ask(client, "textDocument/rename", PAGE, "page(", newName="x")
        self.assertIn("Only local variables", refusal["error"]["message"])

    def test_outline(self):
        client = self.start()
        self.open(client, "shop.php", SHOP)
        outline = client.result("textDocument/documentSymbol", {"textDocument": {"uri": self.uri("shop.php")}})
        self.assertEqual([one["name"] for one in outline], ["price", "Cart"])
        self.assertEqual([one["name"] for one in outline[1]["children"]], ["$items", "add"])

    def test_leaving_while_folders_are_read(self):
        for i in range(400):
            self.write(f"many{i}.php", SHOP.replace("Cart", f"Cart{i}"))
        client = self.start()
        client.result("shutdown", None)
        client.notify("exit", None)
        self.assertEqual(client.process.wait(TIMEOUT_S), 0)

    def test_a_stream_that_is_none(self):
        client = self.start()
        client.process.stdin.write(b"GET / HTTP/1.1\r\n\r\n")
        client.process.stdin.flush()
        self.assertEqual(client.process.wait(TIMEOUT_S), 2)

    def test_the_end_of_the_stream(self):
        client = self.start()
        client.process.stdin.close()
        self.assertEqual(client.process.wait(TIMEOUT_S), 1)
        client.process.stdin = open(os.devnull, "wb")


if __name__ == "__main__":
    unittest.main()
