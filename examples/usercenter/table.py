"""The live table: what the gateway's admin API says of every route, as lines of text. Pure: documents in, lines out."""
import collections
import re

from story import differing

GREEN, RED, YELLOW, QUIET, BOLD, PLAIN = "\033[32m", "\033[31m", "\033[33m", "\033[2m", "\033[1m", "\033[0m"
GAP = "  "

# RANK: the higher it is, the sooner a column is left out of a narrow terminal. CELL: (a route of GET /status, its answer to
# GET /ledger/ROUTE or None) -> text, or (text, colour).
Column = collections.namedtuple("Column", "heading width rank cell")


def share(route, ledger):
    """Of its requests, those the native service answers: as the ledger has it, else as counted."""
    if ledger:
        hundredths = ledger["route"]["share_hundredths"]
        return f"{hundredths / 100:g} %", GREEN if hundredths else QUIET
    clusters = route.get("clusters") or {}
    total = sum(cluster["requests"] for cluster in clusters.values())
    return f"{100 * clusters.get('native', {}).get('requests', 0) / total:.0f} %" if total else "-"


def state(_, ledger):
    if not ledger:
        return "-"
    if ledger["route"]["held"]:
        return "held", RED
    stage = ledger["route"]["stage"]
    return stage, GREEN if stage == "native" else YELLOW


def bound(_, ledger):
    if not ledger:
        return "-"
    value = ledger["route"]["bound"]
    if value is None:
        return "-"
    return f"{100 * value:.2f} %", GREEN if value <= ledger["route"]["mismatch_bound"] else YELLOW


def compared(_, ledger):
    return str(ledger["route"]["compared"]) if ledger else "-"


def different(_, ledger):
    if not ledger:
        return "-"
    count = ledger["route"]["different"]
    return str(count), RED if count else ""


def where(_, ledger):
    if not ledger or not ledger["route"]["different"]:
        return "-"  # what is counted then are races, which vanished when both sides were asked again
    return differing(ledger) or "-", RED


def quantiles(name):
    def cell(route, _):
        cluster = (route.get("clusters") or {}).get(name)
        if not cluster or not cluster.get("requests") or cluster.get("p50_ms") is None:
            return "-"
        return f"{cluster['p50_ms']:.1f} / {cluster['p99_ms']:.1f}"
    return cell


COLUMNS = (Column("endpoint", 12, 0, lambda route, _: route["id"]),
           Column("req/s", 5, 3, lambda route, _: f"{route['rate']:.0f}"),
           Column("legacy P50/P99", 14, 1, quantiles("legacy")),
           Column("native P50/P99 ms", 17, 2, quantiles("native")),
           Column("state", 8, 0, state), Column("native", 6, 0, share), Column("bound", 7, 0, bound),
           Column("compared", 8, 0, compared), Column("different", 9, 0, different),
           Column("differs in", 19, 0, where))


def fitting(width):
    """The columns there is room for."""
    columns = list(COLUMNS)
    while sum(column.width for column in columns) + len(GAP) * (len(columns) - 1) > width:
        last = max(columns, key=lambda column: column.rank)
        if last.rank == 0:
            break
        columns.remove(last)
    return columns


def layout(columns, cells):
    parts = []
    for index, (column, cell) in enumerate(zip(columns, cells)):
        text, colour = cell if isinstance(cell, tuple) else (cell, "")
        last = index == len(columns) - 1
        padded = text if last else text.ljust(column.width) if index == 0 else text.rjust(column.width)
        parts.append(f"{colour}{padded}{PLAIN}" if colour else padded)
    return GAP.join(parts).rstrip()


def table(status, ledgers, width=120):
    """The lines of the table, with colours; LEDGERS: route -> the answer to GET /ledger/ROUTE."""
    columns = fitting(width)
    head = layout(columns, [column.heading for column in columns])
    rows = [layout(columns, [column.cell(route, ledgers.get(route["id"])) for column in columns])
            for route in status["routes"]]
    return [f"{BOLD}{head}{PLAIN}", "-" * sum([column.width + len(GAP) for column in columns], -len(GAP)), *rows]


def waits(ledgers):
    """Why what migrates does not go on now, a route a line."""
    return [f"{QUIET}{route}: {document['route']['blocked_by'] or 'the next step is due'}{PLAIN}"
            for route, document in ledgers.items()]


def without_colours(text):
    return re.sub(r"\033\[\d*m", "", text)


def client_line(tally):
    p50, p99 = tally.quantile_ms(0.5), tally.quantile_ms(0.99)
    latency = f", P50 {p50:.2f} ms, P99 {p99:.2f} ms" if p50 else ""
    return f"client: {tally.answered} answers, {tally.errors} errors{latency}"


def totals(status, ledgers):
    """One line for when there is no terminal to redraw."""
    rate = sum(route["rate"] for route in status["routes"])
    parts = [f"{id} {share(None, ledger)[0]} native, {compared(None, ledger)} compared, {different(None, ledger)[0]} different"
             for id, ledger in ledgers.items()]
    return f"{rate:.0f} requests/s; " + "; ".join(parts)
