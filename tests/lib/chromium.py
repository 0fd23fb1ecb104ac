"""Debian's Chromium without a window, driven by the DevTools protocol over a WebSocket.

https://chromedevtools.github.io/devtools-protocol/. One page, whose console errors, exceptions, refusals by the
Content-Security-Policy and requests are all kept, so that a test can say that there were none it did not expect.
"""
import asyncio
import base64
import json
import os
import shutil
import tempfile
import time
import urllib.request

from lib.debian_modules import load
from processes import Child, find_program, wait_until

ANSWER_TIMEOUT_S = 120
MESSAGE_BYTES_MAX = 64 << 20


class BrowserError(Exception):
    """What the page was asked for did not come about; the message has what was asked and what the page looked like."""


class Browser:
    """A browser and its page. Close it, or use it in a `with`."""

    def __init__(self, width=1280, height=900, arguments=()):
        websockets = load("websockets", "python3-websockets")
        self.profile = tempfile.mkdtemp(prefix="banyan-chromium-")
        program = find_program(["chromium", "chromium-browser", "google-chrome"], "apt-get install chromium")
        self.child = Child("chromium", [
            program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--remote-debugging-port=0", f"--window-size={width},{height}", f"--user-data-dir={self.profile}",
            *arguments, "about:blank"], os.path.join(self.profile, "chromium.log"))
        self.loop = asyncio.new_event_loop()
        self.number = 0
        self.problems = []
        self.requests = []
        self.socket = None
        try:
            port = wait_until(self._port, ANSWER_TIMEOUT_S, "chromium's port for DevTools")
            page = wait_until(lambda: self._page(port), ANSWER_TIMEOUT_S, "chromium's page")
            self.socket = self._run(self._connect(websockets, page))
            for domain in ("Page", "Runtime", "Log", "Network"):
                self.call(f"{domain}.enable")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket is not None:
            self._run(self.socket.close())
        self.child.stop()
        self.loop.close()
        shutil.rmtree(self.profile, ignore_errors=True)

    def _port(self):
        try:
            with open(os.path.join(self.profile, "DevToolsActivePort"), encoding="ascii") as file:
                return int(file.readline())
        except (FileNotFoundError, ValueError):
            return None

    def _page(self, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=ANSWER_TIMEOUT_S) as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        return pages and pages[0]["webSocketDebuggerUrl"]

    @staticmethod
    async def _connect(websockets, page):
        # Without pings: while the test does something else nobody is there to see that they are answered.
        return await websockets.connect(page, max_size=MESSAGE_BYTES_MAX, open_timeout=None, ping_interval=None)

    def _run(self, awaitable):
        async def limited():
            return await asyncio.wait_for(awaitable, ANSWER_TIMEOUT_S)
        return self.loop.run_until_complete(limited())

    def call(self, method, **parameters):
        """One command and its result; what happened meanwhile is noted."""
        self.number += 1
        number = self.number
        self._run(self.socket.send(json.dumps({"id": number, "method": method, "params": parameters})))
        while True:
            message = json.loads(self._run(self.socket.recv()))
            if message.get("id") == number:
                if "error" in message:
                    raise BrowserError(f"{method}: {message['error']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        method, parameters = message.get("method"), message.get("params", {})
        if method == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.problems.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning", "assert"):
            said = [str(part.get("value", part.get("description"))) for part in parameters["args"]]
            self.problems.append(" ".join(said))
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.problems.append(f'{parameters["entry"]["text"]} {parameters["entry"].get("url", "")}')
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])

    def take_problems(self):
        """The errors and warnings since the last call."""
        self.evaluate("0")  # what is on its way has come when this is answered
        problems, self.problems = self.problems, []
        return problems

    def open(self, url):
        self.call("Page.navigate", url=url)

    def evaluate(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise BrowserError(f"{expression}: {details.get('exception', {}).get('description', details['text'])}")
        return result["result"].get("value")

    def evaluated(self, expression):
        """None where the page is being left just now for another one."""
        try:
            return self.evaluate(expression)
        except BrowserError as error:
            if "context" in str(error) or "navigated" in str(error):
                return None
            raise

    def wait(self, expression, what, timeout=60):
        """Until the expression is true, which is then given."""
        deadline = time.monotonic() + timeout
        while True:
            value = self.evaluated(expression)
            if value:
                return value
            if time.monotonic() > deadline:
                raise BrowserError(f"not seen in {timeout} s: {what}\n{self.text()[:3000]}")
            time.sleep(0.05)

    def text(self):
        return self.evaluate("document.body.innerText")

    def wait_text(self, text, timeout=60):
        return self.wait(f"document.body.innerText.includes({json.dumps(text)})", f"the text {text!r}", timeout)

    def wait_element(self, selector, timeout=60):
        return self.wait(f"document.querySelector({json.dumps(selector)}) !== null", selector, timeout)

    def click(self, selector):
        self.wait_element(selector)
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, selector, text):
        """Types into a field: focus by script, characters as input events of the browser."""
        self.wait_element(selector)
        self.evaluate(f"(field => {{ field.focus(); field.select && field.select(); }})"
                      f"(document.querySelector({json.dumps(selector)}))")
        self.call("Input.insertText", text=text)

    def choose(self, selector, value):
        self.wait_element(selector)
        self.evaluate(f"(field => {{ field.value = {json.dumps(value)}; "
                      f"field.dispatchEvent(new Event('change', {{bubbles: true}})); }})"
                      f"(document.querySelector({json.dumps(selector)}))")

    def press(self, *keys):
        codes = {"Escape": 27, "Enter": 13, "Tab": 9}
        for key in keys:
            text = {"text": "\r" if key == "Enter" else key} if key == "Enter" or len(key) == 1 else {}
            code = codes.get(key, ord(key[0].upper()))
            for kind in ("keyDown", "keyUp"):
                self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code,
                          **(text if kind == "keyDown" else {}))

    def resize(self, width, height, mobile=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
