"""What the kernel says about a running server: CPU time and memory of all its threads and processes.

CPU is on-CPU time in nanoseconds from /proc/PID/task/*/schedstat. utime and stime count ticks of 10 ms, which
is useless for slices of one second; schedstat counts what the scheduler itself charged. Threads and processes
that ended take their time with them, so the servers measured here must keep theirs, as they do.
"""

import os


def parent_of(pid):
    """Parent of a process, or 0 when it is gone. The name field may hold spaces, so cut at its closing bracket."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return int(file.read().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def process_tree(root):
    """`root` and all its living descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            children.setdefault(parent_of(int(name)), []).append(int(name))
    tree, at = [root], 0
    while at < len(tree):
        tree.extend(children.get(tree[at], []))
        at += 1
    return tree


def task_cpu_ns(pid):
    total = 0
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            try:
                with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
                    total += int(file.read().split()[0])
            except OSError:
                continue  # The thread ended between the listing and the reading.
    except OSError:
        return 0
    return total


def cpu_ns(root):
    """On-CPU nanoseconds of every thread of `root` and of its descendants so far."""
    return sum(task_cpu_ns(pid) for pid in process_tree(root))


def memory_bytes(root, kind="Rss"):
    """Resident bytes of a process tree: `Rss`, or `Pss`, which divides shared pages among their users."""
    total = 0
    for pid in process_tree(root):
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii", errors="replace") as file:
                total += sum(int(line.split()[1]) * 1024 for line in file if line.startswith(kind + ":"))
        except OSError:
            continue
    return total
