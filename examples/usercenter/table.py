"""The live table: what the gateway's admin API says of every route, as lines of text. Pure: a status document in, lines out."""

HEADINGS = ("endpoint", "req/s", "requests", "legacy", "native", "legacy P50/P99 ms", "native P50/P99 ms", "compared",
            "different")
WIDTHS = (14, 7, 9, 7, 7, 18, 18, 9, 9)


def share(cluster, total):
    return f"{100 * cluster['requests'] / total:.1f} %" if cluster and total else "-"


def quantiles(cluster):
    if not cluster or not cluster.get("requests") or cluster.get("p50_ms") is None:
        return "-"
    return f"{cluster['p50_ms']:.2f} / {cluster['p99_ms']:.2f}"


def row(route):
    clusters = route.get("clusters") or {}
    legacy, native = clusters.get("legacy"), clusters.get("native")
    total = sum(cluster["requests"] for cluster in clusters.values())
    mirror = route.get("mirror")
    compared = (str(mirror["compared"]), str(mirror["different"])) if mirror else ("-", "-")
    return (route["id"], f"{route['rate']:.1f}", str(route["requests"]), share(legacy, total), share(native, total),
            quantiles(legacy), quantiles(native), *compared)


def layout(cells):
    first, *others = (cell.ljust(width) if index == 0 else cell.rjust(width)
                      for index, (cell, width) in enumerate(zip(cells, WIDTHS)))
    return "  ".join([first, *others]).rstrip()


def table(status):
    """The lines of the table for one answer of GET /status."""
    head = layout(HEADINGS)
    return [head, "-" * len(head), *(layout(row(route)) for route in status["routes"])]


def client_line(tally):
    p50, p99 = tally.quantile_ms(0.5), tally.quantile_ms(0.99)
    latency = f", P50 {p50:.2f} ms, P99 {p99:.2f} ms" if p50 else ""
    return f"client: {tally.answered} answers, {tally.errors} errors{latency}"


def totals(status):
    """One line for when there is no terminal to redraw."""
    requests = sum(route["requests"] for route in status["routes"])
    native = sum((route.get("clusters") or {}).get("native", {}).get("requests", 0) for route in status["routes"])
    mirrors = [route["mirror"] for route in status["routes"] if route.get("mirror")]
    rate = sum(route["rate"] for route in status["routes"])
    return (f"{status['uptime_s']:.0f} s: {requests} requests, {rate:.0f}/s, native {share({'requests': native}, requests)}, "
            f"compared {sum(mirror['compared'] for mirror in mirrors)}, different {sum(mirror['different'] for mirror in mirrors)}")
