"""The load on a proxy, and what one slice of it costs."""

import json
import re
import resource
import shutil
import socket
import struct
import subprocess
import time
from pathlib import Path

from lib import build, procfs
from lib.pairing import NotRun, Sample
from lib.process import Server, find_program, run_load

LIB = Path(build.__file__).resolve().parent
GET = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"


def wrk(port, connections, seconds, scheme="http", options=()):
    """Runs wrk and gives (requests, errors, seconds); answers other than 2xx and 3xx are errors."""
    length = max(1, round(seconds))  # wrk only knows whole seconds.
    command = [find_program("wrk"), "-t1", f"-c{connections}", f"-d{length}s", *options, f"{scheme}://127.0.0.1:{port}/"]
    said = run_load(command, length)
    done = re.search(r"(\d+) requests in ([\d.]+)(ms|s)", said.stdout)
    if not done:
        raise NotRun(f"wrk said: {(said.stdout + said.stderr)[-200:]}")
    errors = sum(int(count) for count in re.findall(r"(?:connect|read|write|timeout|responses:) (\d+)",
                                                    said.stdout.partition(" read\n")[2].replace(",", "")))
    took = float(done[2]) / (1000 if done[3] == "ms" else 1)
    return int(done[1]), errors, took


def cpu_sample(server, connections, seconds):
    """One slice of closed-loop load: the proxy's on-CPU microseconds per request."""
    before = procfs.cpu_ns(server.pid)
    requests, errors, took = wrk(server.address, connections, seconds)
    spent = procfs.cpu_ns(server.pid) - before
    if not requests:
        raise NotRun(f"answered nothing, {errors} errors: {server.last_words()}")
    return Sample(spent / requests / 1e3, {"requests_per_s": requests / took, "errors": errors})


def saturation(server, connections=64):
    """Requests per second of a short closed-loop run."""
    requests, _, took = wrk(server.address, connections, 1)
    return requests / took


def open_loop_sample(server, rate, connections, seconds):
    """One slice of constant-rate load: 99th percentile in microseconds, counted from when a request was due."""
    client = build.native(LIB / "openloop.cpp", "openloop")
    said = run_load([client, server.address, "/", int(rate), connections, seconds], seconds)
    if said.returncode:
        raise NotRun(f"openloop: {said.stderr.strip()}")
    figures = json.loads(said.stdout)
    return Sample(figures["p99_us"], {"p50_us": figures["p50_us"], "p999_us": figures["p999_us"],
                                      "requests": figures["done"], "errors": figures["errors"]})


def connection(port):
    """A keep-alive connection that resets when closed, so that thousands leave no TIME_WAIT behind."""
    made = socket.create_connection(("127.0.0.1", port), timeout=10)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return made


def request_on(made):
    """One request and its whole answer."""
    made.sendall(GET)
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += receive(made)
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise NotRun(f"answered {head[:60]!r}")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    while len(body) < int(length[1]) if length else not body.endswith(b"0\r\n\r\n"):
        body += receive(made)


def receive(made):
    part = made.recv(65536)
    if not part:
        raise NotRun("the connection was closed before a whole answer came")
    return part


def idle_sample(server, count):
    """Resident bytes that `count` idle connections add after one request each, per connection."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 100:
        raise NotRun(f"needs {count + 100} descriptors, the limit is {soft}")
    held = []
    try:
        before = procfs.memory_bytes(server.pid)
        for _ in range(count):
            held.append(connection(server.address))
            request_on(held[-1])
        time.sleep(0.2)  # A server that frees its buffers a moment later may do so.
        return Sample((procfs.memory_bytes(server.pid) - before) / count)
    except (OSError, TimeoutError) as failure:
        raise NotRun(f"connection {len(held)} of {count}: {failure}") from failure
    finally:
        for one in held:
            one.close()


def syscalls_per(server, work, tries=3):
    """System calls of the whole proxy for one unit of `work(server)`, which takes a second and gives how many it did;
    by the kernel's tracepoint or else by strace.

    A counter that was attached too late on a crowded machine counts nothing, so it has several tries.
    """
    for left in reversed(range(tries)):
        try:
            return count_syscalls(server, work)
        except NotRun:
            if not left:
                raise


def count_syscalls(server, work):
    pids = ",".join(map(str, procfs.process_tree(server.pid)))
    if shutil.which("perf"):
        command = ["perf", "stat", "-x;", "-e", "raw_syscalls:sys_enter", "-p", pids, "--", "sleep", "3"]
        pattern = r"^(\d+);;raw_syscalls"
    else:
        command = ["timeout", "-s", "INT", "3", find_program("strace"), "-c", "-f", "-p", pids]
        pattern = r"(?m)^100\.00 +[\d.]+ +\d* +(\d+)"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as counter:
        time.sleep(0.5)
        done = work(server)
        said = counter.communicate()[0]
    calls = re.search(pattern, said, re.MULTILINE)
    if not calls or not done:
        raise NotRun(f"no system calls counted: {said.strip()[-150:]}")
    return int(calls[1]) / done


def ask(server, requests):
    with connection(server.address) as made:
        for _ in range(requests):
            request_on(made)


def instructions_per(server, work, few, many):
    """User instructions of one unit of `work(server, count)`: callgrind's totals after `many` and after `few` of them,
    subtracted.

    Ends `server` and starts its command line again under valgrind, on the same port.
    """
    server.end()
    return (instructions(server, work, many) - instructions(server, work, few)) / (many - few)


def instructions(server, work, count):
    """Instructions of a whole life of the server that does so much work."""
    valgrind = [find_program("valgrind"), "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    copy = Server([*valgrind, *server.argv], server.address)
    try:
        copy.wait_ready(60)
        work(copy, count)
        copy.process_.terminate()
        copy.process_.wait(30)
        counts = re.findall(r"Collected *: *(\d+)", copy.output())
    except OSError as failure:
        raise NotRun(f"under valgrind: {failure}") from failure
    finally:
        copy.end()
    if not counts:
        raise NotRun("valgrind counted nothing")
    return sum(map(int, counts))
