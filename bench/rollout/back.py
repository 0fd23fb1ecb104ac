"""How soon a running gateway takes an endpoint back whose new side has become wrong, slow or broken while it answers
every client. The services are two of one kind: both take log-normal times, and the new one has its fault on a signal.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time

import judged
import live
from lib import build, outcome, process, stats
from lib.pairing import NotRun

RUNS, QUICK_RUNS = 10, 2
RATE, CONNECTIONS, IDS = 200, 64, 100
GIVEN_UP_S = 90

# As in judged.py, but for mismatch: the answers to 1 % of ids differ, each time they are asked for. One that differs by
# chance agrees when it is asked again, and is a race.
FAULTS = {name: judged.FAULTS[name] for name in ("mismatch", "slow", "errors")}

SERVICE = """
import asyncio, math, random, signal, sys
port, build, fault = int(sys.argv[1]), sys.argv[2], sys.argv[3]
has_fault = False
def turn(on):
    global has_fault
    has_fault = on
def answer(target):
    status, name = "200 OK", "a"
    if has_fault and fault == "mismatch" and target.endswith("=7"):
        name = "b"
    if has_fault and fault == "errors" and random.random() < 0.05:
        status = "500 Internal Server Error"
    body = '{"name":"' + name + '"}'
    return (f"HTTP/1.1 {status}\\r\\nContent-Type: application/json\\r\\nX-Build: {build}\\r\\n"
            f"Content-Length: {len(body)}\\r\\n\\r\\n{body}").encode()
async def serve(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b"\\r\\n\\r\\n")
            factor = 1.5 if has_fault and fault == "slow" else 1
            await asyncio.sleep(factor * random.lognormvariate(math.log(0.02), math.log(3) / 2.326))
            writer.write(answer(head.split()[1].decode()))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, turn, True)
    loop.add_signal_handler(signal.SIGUSR2, turn, False)
    server = await asyncio.start_server(serve, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()
asyncio.run(main())
"""


def service(space, build_name, fault):
    port = process.free_port()
    return space.serve([sys.executable, "-c", SERVICE, port, build_name, fault], port, cpus=process.LOAD_CPUS)


@contextlib.contextmanager
def clients(space, port):
    """A constant rate of requests for each id in turn, while the block lasts."""
    requests = space.directory("requests") / "requests"
    requests.write_text("".join(f"/?id={number}\n" for number in range(IDS)), encoding="ascii")
    program = build.native(live.load.LIB / "openloop.cpp", "openloop")
    argv = process.pinned(process.LOAD_CPUS, [program, port, f"@{requests}", RATE, CONNECTIONS, 3600])
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as running:
        try:
            yield
        finally:
            running.kill()


def wait_for(what, found, seconds=30):
    end = time.monotonic() + seconds
    while not (value := found()):
        if time.monotonic() > end:
            raise NotRun(f"no {what} within {seconds} s")
        time.sleep(0.01)
    return value


def comparisons(server):
    seen = live.outcomes(server)
    return sum(seen[name] for name in ("equal", "different", "race"))


def move_to_native(server):
    wait_for("end of learning", lambda: not live.route_of(server)["blocked_by"].startswith("learning"))

    def is_native():
        route = live.route_of(server)
        if route["share_hundredths"] != 10_000:
            live.act(server, "release" if route["held"] else "promote")
        return route["share_hundredths"] == 10_000

    wait_for("native endpoint", is_native)
    time.sleep(1)


def until_back(server, new_side):
    """(seconds, comparisons) from the fault to the way back; None where the endpoint stays."""
    before, start = comparisons(server), time.monotonic()
    os.kill(new_side.pid, signal.SIGUSR1)
    try:
        wait_for("way back", lambda: live.route_of(server)["share_hundredths"] == 0, GIVEN_UP_S)
        return time.monotonic() - start, comparisons(server) - before
    except NotRun:
        return None
    finally:
        os.kill(new_side.pid, signal.SIGUSR2)


def live_rollback(name, options, fault):
    runs = QUICK_RUNS if options.quick else RUNS
    case = outcome.Case(name, "seconds_until_rollback",
                        setup=f"{runs} times on a running gateway, {RATE} requests/s, moved at a bound of 0.1 %; then "
                              f"{FAULTS[fault]}")
    seen = []
    with process.Workspace() as space:
        old_side, new_side = service(space, "old", "none"), service(space, "new", fault)
        server = live.banyan(space, old_side.address, new_side.address, watched=True, more={"steps": ["100%"]})
        with clients(space, server.address):
            for run in range(runs):
                if run:
                    time.sleep(1)  # answers with the fault that are under way
                    if not live.route_of(server)["held"]:
                        live.act(server, "rollback")
                    live.act(server, "release")
                move_to_native(server)
                seen.append(until_back(server, new_side))
    found = [one for one in seen if one]
    if not found:
        raise NotRun(f"no endpoint went back within {GIVEN_UP_S} s")
    late = [float("inf")] * (len(seen) - len(found))
    checks = [outcome.check("rollback_seconds_p95", stats.percentile(sorted([one[0] for one in found] + late), 0.95)),
              outcome.check("rollback_comparisons_p95",
                            stats.percentile(sorted([one[1] for one in found] + late), 0.95)),
              outcome.check("never_went_back", len(late), 0)]
    return outcome.checked_row(case, [seconds for seconds, _ in found], checks)


CASES = {f"live-rollback-{fault}": lambda name, options, fault=fault: live_rollback(name, options, fault)
         for fault in FAULTS}
