"""bench/gil in threads of Python, one for each task. What the program does and prints: subject.cpp."""
import json
import resource
import socket
import sys
import threading
import time

CHUNK_S = 0.0004


def burn(rounds):
    x = 1
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    return x


def rounds_of_a_chunk():
    """As many as take CHUNK_S on an idle processor: the quickest of some tries."""
    best = float("inf")
    for _ in range(20):
        start = time.perf_counter()
        burn(10_000)
        best = min(best, time.perf_counter() - start)
    return max(1, int(10_000 * CHUNK_S / best))


def cpu_s():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def work(rounds, connection, until, done, index):
    count = 0
    while time.perf_counter() < until:
        if connection:
            connection.sendall(b"q")
            connection.recv(1)
        burn(rounds)
        count += 1
    done[index] = count


def phase(tasks, rounds, port, seconds):
    connections = [socket.create_connection(("127.0.0.1", port)) if port else None for _ in range(tasks)]
    for one in filter(None, connections):
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    done = [0] * tasks
    start, spent = time.perf_counter(), cpu_s()
    threads = [threading.Thread(target=work, args=(rounds, connections[i], start + seconds, done, i))
               for i in range(tasks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, spent = time.perf_counter() - start, cpu_s() - spent
    for one in filter(None, connections):
        one.close()
    return {"done": sum(done), "wall_s": took, "cpu_s": spent}


def main():
    port, tasks, _, seconds = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
    rounds = rounds_of_a_chunk()
    alone = phase(1, rounds, port, seconds)
    print(json.dumps({"alone": alone, "together": phase(tasks, rounds, port, seconds)}))


main()
