"""Traffic as users would make it: a constant rate, kept connections, a mix of requests that follows from a seed.

The loop is open: requests start on a timetable whether or not earlier ones have been answered, and latency counts from the moment a
request was due, so a gateway that stalls cannot hide it by being asked less (coordinated omission). Every answer is checked: its
status must be one the request may have, and a profile must be the one that was asked for. Anything else is a client error.
"""
import asyncio
import collections
import json
import random
import time

from seed import user_email, user_row

CONNECTIONS_MAX = 64
ANSWER_TIMEOUT_S = 30.0
EXAMPLES_MAX = 5

Request = collections.namedtuple("Request", "route method target body token statuses check")


class AnswerError(Exception):
    """An answer that is no answer to the request."""


class Connection:
    """One kept HTTP/1.1 connection, one request at a time."""

    def __init__(self, reader, writer):
        self.reader = reader
        self.writer = writer
        self.reusable = True

    @classmethod
    async def open(cls, host, port):
        return cls(*await asyncio.open_connection(host, port))

    def usable(self):
        return self.reusable and not self.reader.at_eof() and not self.writer.is_closing()

    async def exchange(self, method, target, body=None, headers=()):
        """Status and body of the answer. An asyncio or OSError means that the connection is of no more use."""
        lines = [f"{method} {target} HTTP/1.1", "Host: usercenter.test", *headers]
        payload = b""
        if body is not None:
            payload = json.dumps(body).encode()
            lines += ["Content-Type: application/json", f"Content-Length: {len(payload)}"]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + payload)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        if fields.get("connection", "").lower() == "close":
            self.reusable = False
        return int(head[0].split(" ")[1]), await self.read_body(fields)

    async def read_body(self, fields):
        if fields.get("transfer-encoding", "").lower() == "chunked":
            return await self.read_chunks()
        if "content-length" not in fields:
            self.reusable = False
            return await self.reader.read()
        return await self.reader.readexactly(int(fields["content-length"]))

    async def read_chunks(self):
        parts = []
        while True:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            if size == 0:
                while await self.reader.readuntil(b"\r\n") != b"\r\n":
                    pass
                return b"".join(parts)
            parts.append(await self.reader.readexactly(size))
            await self.reader.readexactly(2)

    def close(self):
        self.writer.close()


def is_user(user_id):
    return lambda body: json.loads(body).get("id") == user_id


class Mix:
    """The requests, one after the other; the same seed gives the same ones, but for the tokens the logins brought."""

    def __init__(self, seed, users):
        self.random = random.Random(seed)
        self.users = users
        self.logins = [user_id for user_id in range(1, min(users, 40) + 1) if user_row(user_id)[6]]
        self.tokens = {}
        self.kinds = [(55, self.profile), (30, self.batch), (4, self.update), (1, self.login), (3, self.home), (3, self.asset),
                      (4, self.health)]

    def next(self):
        (kind,) = self.random.choices([kind for _, kind in self.kinds], [weight for weight, _ in self.kinds])
        return kind()

    def profile(self):
        draw = self.random.random()
        if draw < 0.01:
            return Request("user-profile", "GET", "/user/profile?id=" + \
                           self.random.choice(["0", "x", "-1", ""]), None, None, {400}, None)
        if draw < 0.03:
            return Request("user-profile", "GET",
                           f"/user/profile?id={self.users + self.random.randint(1, 999)}", None, None, {404}, None)
        user_id = self.random.randint(1, self.users)
        return Request("user-profile", "GET", f"/user/profile?id={user_id}", None, None, {200}, is_user(user_id))

    def batch(self):
        if self.random.random() < 0.02:
            return Request("user-batch", "POST", "/user/batch",
                           {"ids": self.random.choice([[], list(range(1, 102)), "1"])}, None, {400}, None)
        ids = [self.random.randint(1, self.users + 100) for _ in range(self.random.randint(1, 20))]
        known = [str(user_id) for user_id in ids if user_id <= self.users]
        return Request("user-batch", "POST", "/user/batch", {"ids": ids}, None, {200},
                       lambda body: [user["id"] for user in json.loads(body)["users"]] == known)

    def update(self):
        if not self.tokens:
            return Request("user-update", "POST", "/user/update", {"name": "Nobody"}, None, {401}, None)
        user_id = self.random.choice(sorted(self.tokens))
        name = f"{user_row(user_id)[1]} {self.random.randint(1, 99)}"
        return Request("user-update", "POST", "/user/update", {"name": name}, self.tokens[user_id], {200},
                       lambda body: json.loads(body)["user"]["name"] == name)

    def login(self, user_id=None):
        user_id = user_id or self.random.choice(self.logins)

        def keep_token(body):
            self.tokens[user_id] = json.loads(body)["token"]
            return True

        body = {"email": user_email(user_id), "password": f"secret-{user_id}"}
        return Request("rest", "POST", "/user/login", body, None, {200}, keep_token)

    def home(self):
        return Request("rest", "GET", "/", None, None, {200}, lambda body: b"User Centre" in body)

    def asset(self):
        target = self.random.choice(["/assets/app.css", "/assets/logo.svg"])
        return Request("assets", "GET", target, None, None, {200}, bool)

    def health(self):
        return Request("healthz", "GET", "/healthz", None, None,
                       {200}, lambda body: json.loads(body) == {"status": "ok"})


class Tally:
    """What the client saw. Latencies are counted in steps of 5 %, so a run of any length takes the same memory."""

    def __init__(self):
        self.answered = 0
        self.errors = 0
        self.examples = []
        self.latencies = collections.Counter()
        self.statuses = collections.Counter()

    def answer(self, status, seconds):
        step = 1e-5
        bucket = 0
        while step < seconds:
            step *= 1.05
            bucket += 1
        self.answered += 1
        self.statuses[status] += 1
        self.latencies[bucket] += 1

    def error(self, request, reason):
        self.errors += 1
        if len(self.examples) < EXAMPLES_MAX:
            self.examples.append(f"{request.method} {request.target}: {reason}")

    def quantile_ms(self, share):
        wanted = share * sum(self.latencies.values())
        seen = 0
        for bucket in sorted(self.latencies):
            seen += self.latencies[bucket]
            if seen >= wanted:
                return 1e-2 * 1.05 ** bucket
        return None


class Traffic:
    def __init__(self, address, rate, users, seed=1):
        self.host, port = address.rsplit(":", 1)
        self.port = int(port)
        self.rate = rate
        self.mix = Mix(seed, users)
        self.tally = Tally()
        self.idle = []
        self.slots = asyncio.Semaphore(CONNECTIONS_MAX)
        self.running = set()

    async def sign_in(self):
        """Signs a few users in, so that updates have tokens from the start."""
        for user_id in self.mix.logins[:8]:
            await self.ask(self.mix.login(user_id), time.monotonic())

    async def run(self, stopping):
        """Asks at the rate until the event STOPPING, then waits for what is under way."""
        started = time.monotonic()
        asked = 0
        while not stopping.is_set():
            due = started + asked / self.rate
            delay = due - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            task = asyncio.create_task(self.ask(self.mix.next(), due))
            self.running.add(task)
            task.add_done_callback(self.running.discard)
            asked += 1
        if self.running:
            await asyncio.wait(self.running)
        for connection in self.idle:
            connection.close()

    async def ask(self, request, due):
        try:
            async with self.slots:
                status, body = await asyncio.wait_for(self.exchange(request), ANSWER_TIMEOUT_S)
            self.tally.answer(status, time.monotonic() - due)
            if status not in request.statuses:
                self.tally.error(request, f"status {status}, {body[:120]!r}")
            elif request.check and not request.check(body):
                self.tally.error(request, f"not the answer asked for: {body[:120]!r}")
        except asyncio.TimeoutError:
            self.tally.error(request, f"no answer within {ANSWER_TIMEOUT_S:g} s")
        except (OSError, EOFError, asyncio.LimitOverrunError, ValueError, LookupError, TypeError) as error:
            self.tally.error(request, f"{type(error).__name__}: {error}")

    async def exchange(self, request):
        connection = await self.connection()
        kept = False
        try:
            headers = [f"Authorization: Bearer {request.token}"] if request.token else []
            answer = await connection.exchange(request.method, request.target, request.body, headers)
            kept = connection.usable()
            return answer
        finally:
            if kept:
                self.idle.append(connection)
            else:
                connection.close()

    async def connection(self):
        while self.idle:
            connection = self.idle.pop()
            if connection.usable():
                return connection
            connection.close()
        return await Connection.open(self.host, self.port)
