"""What watching a route costs a running gateway: processor, waiting, memory; with nginx's `mirror` in the same run.

The gateway compares: every answer of the old side is held against that of a copy. nginx's mirror sends the copy and
reads no answer. Both have one worker on cpu 0; the load and both services (an nginx, or a slow one) share cpu 1.
"""

import copy
import http.client
import json
import re
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "proxy"))

import contestants
import load
from lib import build, command, outcome, procfs, stats
from lib.pairing import Contestant, NotRun, Sample
from lib.process import LOAD_CPUS, Workspace, free_port

TOKEN = "bench-rollout-0123456789abcdef"
SLOW_MS = 200
RATE = 200
CONNECTIONS = 16
# For latency: nginx does not take the next request of a connection before the copy of the last has been answered, so
# that fewer than RATE * SLOW_MS / 1000 connections could not carry the rate at all.
WAITING_CONNECTIONS = 64
BIG_BYTES = 64 * 1024
PHP_MS = 10
MEMORY_PAIRS = 4

# A service that takes its time with every answer, many at once.
SLOW = """
import asyncio, sys
HEAD = b"HTTP/1.1 200 OK\\r\\nContent-Type: text/plain\\r\\nX-Build: new\\r\\nContent-Length: 1024\\r\\n\\r\\n"
async def serve(reader, writer):
    try:
        while True:
            await reader.readuntil(b"\\r\\n\\r\\n")
            await asyncio.sleep(int(sys.argv[2]) / 1000)
            writer.write(HEAD + b"x" * 1024)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    await server.serve_forever()
asyncio.run(main())
"""


def service(space, build_name, body, media_type):
    """A service that answers BODY from memory or the page cache and says which build it is."""
    directory = space.directory("service")
    (directory / "answer").write_bytes(body)
    location = (f"location / {{ root {directory}; try_files /answer =404; types {{ }} default_type {media_type}; "
                f"add_header X-Build {build_name}; }}")
    return contestants.nginx(space, "open_file_cache max=10;", location, LOAD_CPUS).address


def slow_service(space):
    port = free_port()
    space.serve([sys.executable, "-c", SLOW, port, SLOW_MS], port, cpus=LOAD_CPUS)
    return port


def http_cluster(port):
    return {"protocol": "http1", "endpoints": [f"127.0.0.1:{port}"]}


def banyan(space, old, new, *, watched, more=None, unwatched=None):
    """The gateway before two clusters, or two services by their ports; where the route is `watched` all of its requests
    are copied and compared, and none is moved: the time it would be held is longer than any bench. `more` are further
    keys of `migrate`, `unwatched` what the route has in its place (all to the old side)."""
    directory, listen, admin = space.directory("banyan"), free_port(), free_port()
    token = directory / "token"
    token.write_text(TOKEN + "\n", encoding="ascii")
    token.chmod(0o600)
    clusters = {name: side if isinstance(side, dict) else http_cluster(side)
                for name, side in (("legacy", old), ("native", new))}
    target = {"migrate": {"from": "legacy", "to": "native", "hold": "1d", "build": {"header": "x-build"},
                          "mirror": {"percent": 100, "timeout": "5s"}, **(more or {})}}
    if not watched:
        target = unwatched or {"to": "legacy"}
    whole = {"version": 1, "gateway": {"listen": [f"127.0.0.1:{listen}"], "workers": 1, "access_log": {"file": "off"}},
             "admin": {"listen": f"127.0.0.1:{admin}", "token_file": str(token)}, "clusters": clusters,
             "routes": [{"id": "all", "match": {"method": "GET", "prefix": "/"}, **target}]}
    if watched:
        whole["ledger"] = {"file": str(directory / "banyan.db")}
    file = directory / "gateway.yaml"
    file.write_text(json.dumps(whole, indent=1), encoding="utf-8")
    server = space.serve([build.banyan_program("apps/banyan/banyan"), "gateway", "-c", file], listen, cwd=directory)
    server.admin = admin
    return server


def nginx(space, old, new, *, watched):
    upstreams = "".join(f"upstream {name} {{ server 127.0.0.1:{port}; keepalive 128; keepalive_requests 1000000000; }}"
                        for name, port in (("legacy", old), ("native", new)))
    forward = "proxy_http_version 1.1; proxy_set_header Connection '';"
    server = (f"location / {{ {'mirror /mirror;' if watched else ''} proxy_pass http://legacy; {forward} }}"
              f"location = /mirror {{ internal; proxy_pass http://native$request_uri; {forward} "
              "proxy_read_timeout 5s; }")
    return contestants.nginx(space, upstreams, server)


def asked(server, method, path, body=None):
    """What the admin API answers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.admin, timeout=10)
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    connection.request(method, path, body and json.dumps(body), headers)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    if answer.status != 200:
        raise NotRun(f"{method} {path} was answered {answer.status}: {said[:200]}")
    return said


def route_of(server):
    return json.loads(asked(server, "GET", "/ledger/all"))["route"]


def act(server, action):
    """What a person may do with the route: promote, release, ..."""
    asked(server, "POST", f"/ledger/all/{action}", {"reason": "bench"})


def outcomes(server):
    """What came of the requests of the watched route since the gateway was started, by name."""
    lines = re.findall(r'(?m)^banyan_rollout_comparisons_total\{([^}]*)\} (\d+)', asked(server, "GET", "/metrics"))
    return {re.search(r'outcome="(\w+)"', labels)[1]: int(count) for labels, count in lines}


def compared(server):
    """(comparisons, differences, drops) of the watched route so far."""
    route = route_of(server)
    return [route[key] or 0 for key in ("compared", "different", "dropped")]


# name -> (program, version, whether the route is watched)
SIDES = {"banyan": (banyan, "banyan", True), "banyan-unwatched": (banyan, "banyan", False),
         "nginx": (nginx, "nginx", True), "nginx-unwatched": (nginx, "nginx", False)}


def contest(space, options, case, services, sample):
    """The row of a case of all SIDES, each before the same SERVICES; `sample(server, watched banyan or not)`."""
    def contestant(name, bar=None):
        start, version, watched = SIDES[name]
        made = Contestant(name, bar=bar)
        try:
            made.version = contestants.version(version)
            server = start(space, *services, watched=watched)
            made.measure = lambda: sample(server, watched and version == "banyan")
        except NotRun as reason:
            made.why = str(reason)
        return made

    subject, twin = contestant("banyan"), contestant("banyan")
    peers = [contestant(name) for name in SIDES if name != "banyan" and (not options.peer or name in options.peer)]
    return outcome.measure_case(case, subject, twin, peers, command.plan_of(options)), subject


def with_comparisons(server, is_compared, measure):
    """A sample of `measure()`, with how many of its requests were compared, and how many differed or were dropped."""
    before = compared(server) if is_compared else None
    sample = measure()
    if is_compared:
        time.sleep(0.3)  # the last copies
        done, different, dropped = (now - then for now, then in zip(compared(server), before))
        sample.extra.update(compared=done, errors=sample.extra.get("errors", 0) + different, dropped=dropped)
        if not done:
            raise NotRun("nothing was compared: what was measured is no comparison")
    return sample


def figure(row, name):
    """The median of the subject, or of a peer where it ran."""
    if name == "banyan":
        return row["subject"]["median"]
    return next((peer["median"] for peer in row["peers"] if peer["name"] == name and peer["status"] == "run"), None)


def added(row, name, watched, unwatched):
    """A check: by how much watching raises the figure."""
    ends = figure(row, watched), figure(row, unwatched)
    if None in ends:
        return outcome.check_not_run(name, f"{watched} or {unwatched} did not run")
    return outcome.check(name, ends[0] - ends[1])


def cpu(name, options):
    """Processor time per request, of which each is mirrored, and by the gateway compared."""
    case = outcome.Case(name, "cpu_us_per_request", setup="wrk -t1 -c16, JSON of 1 KiB from both services; "
                        "the gateway compares each answer, nginx reads no mirrored one")
    plan = command.plan_of(options)
    with Workspace() as space:
        body = json.dumps({"items": [{"id": i, "name": f"item {i}"} for i in range(31)]}).encode()
        services = [service(space, build_name, body, "application/json") for build_name in ("old", "new")]
        row, _ = contest(space, options, case, services, lambda server, is_compared: with_comparisons(
            server, is_compared, lambda: load.cpu_sample(server, CONNECTIONS, plan.slice_s)))
    row["checks"] += [added(row, "cpu_us_of_watching", "banyan", "banyan-unwatched"),
                      added(row, "nginx.cpu_us_of_mirroring", "nginx", "nginx-unwatched")]
    return row


def latency(name, options):
    """How long clients wait while the mirrored service takes its time."""
    case = outcome.Case(name, "p99_us", setup=f"{RATE} requests/s in open loop on {WAITING_CONNECTIONS} kept "
                        f"connections; the mirrored service takes {SLOW_MS} ms for each")
    plan = command.plan_of(options)
    seconds = max(1, plan.slice_s)
    with Workspace() as space:
        services = [service(space, "old", b"x" * 1024, "text/plain"), slow_service(space)]
        row, _ = contest(space, options, case, services, lambda server, is_compared: with_comparisons(
            server, is_compared, lambda: load.open_loop_sample(server, RATE, WAITING_CONNECTIONS, seconds)))
    row["checks"] += [added(row, "p99_us_of_watching", "banyan", "banyan-unwatched"),
                      added(row, "nginx.p99_us_of_mirroring", "nginx", "nginx-unwatched")]
    return row


class Peak:
    """The most memory a process tree has while the block lasts."""

    def __init__(self, pid):
        self.pid, self.bytes, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.over.wait(0.02):
            self.bytes = max(self.bytes, procfs.memory_bytes(self.pid))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def memory(name, options):
    """Memory while as many large answers as two cores allow are mirrored and compared."""
    options = copy.copy(options)
    options.pairs = min(options.pairs or MEMORY_PAIRS, MEMORY_PAIRS)  # memory hardly moves with the machine
    seconds = 2 if options.quick else 5
    case = outcome.Case(name, "peak_MiB", setup=f"wrk -t1 -c64 for {seconds} s as fast as it goes, JSON of "
                        f"{BIG_BYTES // 1024} KiB from both services")

    def sample(server, is_compared):
        def measure():
            with Peak(server.pid) as peak:
                requests, errors, took = load.wrk(server.address, 64, seconds)
            return Sample(peak.bytes / (1 << 20), {"requests_per_s": requests / took, "errors": errors})
        one = with_comparisons(server, is_compared, measure)
        if is_compared:
            one.extra["compared_per_s"] = one.extra["compared"] / seconds
        return one

    with Workspace() as space:
        body = json.dumps({"items": [{"id": i, "text": "x" * 100} for i in range(BIG_BYTES // 125)]}).encode()
        services = [service(space, build_name, body, "application/json") for build_name in ("old", "new")]
        row, subject = contest(space, options, case, services, sample)
    reached = max((one.extra["requests_per_s"] for one in subject.samples), default=None)
    if reached is None:
        row["checks"].append(outcome.check_not_run("rate_reached_of_10000", row.get("why", "")))
    else:
        row["checks"].append(outcome.check("rate_reached_of_10000", reached / 10_000))
    return row


def saturated_php(name, options):
    """What clients get of a php-fpm that is always busy, half of whose endpoint has moved, and how much is dropped."""
    case = outcome.Case(name, "requests_per_s", better="higher",
                        setup=f"wrk -t1 -c32; php-fpm has two processes and needs {PHP_MS} ms for a request; half of "
                              "the requests go to a native service, and all of them are to be compared, or none")
    plan = command.plan_of(options)
    answer = '{"id":1,"name":"a"}'

    def started(space, native, watched):
        # One for each gateway: a kept connection owns its process.
        socket, root = contestants.php(space)
        (root / "index.php").write_text(f"<?php usleep({PHP_MS * 1000}); header('Content-Type: application/json'); "
                                        f"header('X-Build: old'); echo '{answer}';\n", encoding="utf-8")
        old = {"protocol": "fastcgi", "root": str(root), "index": "index.php", "endpoints": [f"unix:{socket}"],
               "connections_max": 2}
        half = {"split": [{"cluster": side, "percent": "50%"} for side in ("legacy", "native")]}
        server = banyan(space, old, native, watched=watched, unwatched=half,
                        more={"steps": ["50%", "100%"], "mirror": {"percent": 100, "timeout": "1s"}})
        while watched and route_of(server)["blocked_by"].startswith(("learning", "the build")):
            load.wrk(server.address, 32, 1)
        for _ in ("verified", "50 %") if watched else ():
            act(server, "promote")
        return server

    def sample(server, watched):
        before = (route_of(server), outcomes(server)) if watched else None
        requests, errors, took = load.wrk(server.address, 32, max(1, plan.slice_s))
        one = Sample(requests / took, {"errors": errors})
        if watched:
            time.sleep(0.3)  # the last copies
            route, seen = route_of(server), outcomes(server)
            one.extra.update({key: seen.get(key, 0) - before[1].get(key, 0) for key in ("equal", "passed_over")})
            one.extra["eligible"] = route["eligible"] - before[0]["eligible"]
            one.extra["dropped"] = route["dropped"] - before[0]["dropped"]
            one.extra["errors"] += route["different"] - before[0]["different"]
        return one

    def contestant(space, name, native, watched):
        made = Contestant(name)
        made.version = contestants.version("banyan")
        server = started(space, native, watched)
        made.measure = lambda: sample(server, watched)
        return made

    with Workspace() as space:
        native = service(space, "new", answer.encode(), "application/json")
        subject, twin = (contestant(space, "banyan", native, True) for _ in range(2))
        peers = [contestant(space, "banyan-unwatched", native, False)]
        row = outcome.measure_case(case, subject, twin, peers, plan)
    eligible = sum(one.extra["eligible"] for one in subject.samples)
    dropped = sum(one.extra["dropped"] for one in subject.samples)
    if not eligible:
        row["checks"].append(outcome.check_not_run("dropped_share", "nothing was to be compared"))
    else:
        row["checks"].append(outcome.check("dropped_share", dropped / eligible, 0.01,
                                           stats.share_ci95(dropped, eligible)))
    return row


CASES = {"cpu-of-watching": cpu, "saturated-php": saturated_php,
         "latency-beside-a-slow-mirror": latency, "memory-64KiB": memory}
