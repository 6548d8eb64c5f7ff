"""Measures one chapter at a time: each yields rows of the table, the goal beside the figure.

Peers and towns take turns, round by round, so that a busy moment of the machine meets all of them.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack

from tests.bench.crowd import Desk, open_desk
from tests.bench.peers.express import an_express_echo
from tests.bench.report import Row, middle, not_here, percentile, ratio, told, under
from tests.bench.servers import Server, Town, call, environment, procfile_line, started
from tests.bench.town import Acks, Bench, read_books, wait_for_rest

SLOW_SECONDS, WHILE_IDLE_SECONDS = 0.08, 5.0
FLASK, EXPRESS = "the SDK's Flask echo", "the SDK's express echo"
Rounds = dict[str, list[float]]


def acks(bench: Bench) -> Iterator[Row]:
    """Measures the webhook alone, against an application that checks the signature and keeps nothing."""
    rates: Rounds = defaultdict(list)
    with bench.peer("bare") as bare:
        for _ in range(bench.rounds):
            rates["bare"].append(bench.load(bare).rate)
            for kind in bench.grounds:
                with bench.town(kind, workers=0) as town:
                    rates[kind].append(bench.load(town.web).rate)
    yield told("bare gunicorn and Flask with the signature check: acks", rates["bare"], "/s")
    for kind in bench.grounds:
        yield ratio(f"durable acks of the webhook alone ÷ bare, {kind}", 0.8, rates[kind], rates["bare"])


def beside(bench: Bench) -> Iterator[Row]:
    """Measures acknowledging while the worker answers, against bots that answer in the request."""
    rates: Rounds = defaultdict(list)
    with ExitStack() as stack:
        peers = {FLASK: stack.enter_context(bench.peer("sdk_echo"))}
        if (express := stack.enter_context(an_express_echo(bench.line))) is not None:
            peers[EXPRESS] = express
        for _ in range(bench.rounds):
            for delay in (0.0, SLOW_SECONDS):
                _beside_once(bench, peers, delay, rates)
    for delay, peer, goal in ((0.0, FLASK, 2.0), (SLOW_SECONDS, EXPRESS, 4.0)):
        line = f"LINE at {delay * 1000:.0f} ms"
        for each in (FLASK, EXPRESS):
            what = f"{each}: acks, {line}"
            yield told(what, rates[f"{each}{delay}"], "/s") if each in peers else not_here(what)
        for kind in bench.grounds:
            what = f"durable acks beside the worker ÷ {peer}, {line}, {kind}"
            if peer not in peers:
                yield not_here(what)
                continue
            answered = f", {middle(rates[f'{kind}{delay} answered']):.0f} answers/s meanwhile"
            yield ratio(what, goal, rates[f"{kind}{delay}"], rates[f"{peer}{delay}"], note=answered)


def _beside_once(bench: Bench, peers: dict[str, Server], delay: float, rates: Rounds) -> None:
    bench.line.behave(delay=delay)
    for peer, server in peers.items():
        rates[f"{peer}{delay}"].append(bench.load(server).rate)
    for kind in bench.grounds:
        with bench.town(kind) as town:
            bench.line.behave(delay=delay)
            rates[f"{kind}{delay}"].append(bench.load(town.web).rate)
            rates[f"{kind}{delay} answered"].append(len(bench.line.counted()["heard"]) / bench.seconds)


def turns(bench: Bench) -> Iterator[Row]:
    """Measures whole conversations, each act only after the answer to the one before, and what more workers bring."""
    for kind in bench.grounds:
        # SQLite has one writer at a time: docs/operations.md runs one worker there.
        for workers in (1,) if kind == "sqlite" else (1, 2, 4):
            rates, waits, lost = [], [], 0
            for _ in range(max(bench.rounds // 2, 1)):
                with bench.town(kind, workers=workers) as town:
                    measured = bench.take_turns(town, warm_up=1.0 + workers / 2, seconds=2 * bench.seconds)
                    cases = read_books(town.plot).cases
                    lost += abs(measured.requests - cases) + measured.unanswered
                rates.append(measured.rate)
                waits.append(measured.p99)
            what = f"turns of the street-light conversation, {kind}, {workers} worker{'s'[: workers - 1]}"
            figure = f"{middle(rates):.0f}/s, p99 {middle(waits):.0f} ms"
            if lost:
                figure = f"{lost} requests were not answered to the end"
            goal, holds = ("≥ 500/s", not lost and middle(rates) >= 500) if workers == 1 else ("", None)
            yield Row(what, goal, figure, holds)


def cost(bench: Bench) -> Iterator[Row]:
    """Measures what a turn costs in processor time, in units of a bare signed ack of the same run.

    Few residents act at a time, so that nothing waits. The figure holds on any machine, however busy it is.
    """
    units: Rounds = defaultdict(list)
    for _ in range(bench.rounds):
        with bench.peer("bare") as bare:
            bare_ack = _seconds_of_a_bare_ack(bench, bare)
        for kind in bench.grounds:
            with bench.town(kind) as town:
                for part, seconds in _seconds_of_a_turn(bench, town).items():
                    units[f"{part}, {kind}"].append(seconds / bare_ack)
    for part, goal in (("worker", 6), ("web", 2)):
        for kind in bench.grounds:
            measured = units[f"{part}, {kind}"]
            what = f"processor time of one turn, {part}, {kind}"
            holds = middle(measured) <= goal
            yield Row(what, f"≤ {goal} bare acks", f"{middle(measured):.1f} bare acks", holds)


def _seconds_of_a_bare_ack(bench: Bench, bare: Server) -> float:
    bench.load(bare, seconds=0.5)  # A process just started is not measured.
    before = bare.cpu_seconds()
    load = bench.load(bare, seconds=2 * bench.seconds, warm_up=0.0)
    return (bare.cpu_seconds() - before) / (len(load.due) + load.refused)


def _seconds_of_a_turn(bench: Bench, town: Town) -> dict[str, float]:
    """Returns the processor time of one turn in each process, without what it takes while nobody writes."""
    bench.take_turns(town, warm_up=0.0, seconds=1.0, residents=4)
    parts = {"worker": town.workers[0], "web": town.web}
    idle = {part: _busy(server) for part, server in parts.items()}
    before, began = {part: server.cpu_seconds() for part, server in parts.items()}, time.monotonic()
    seconds = 4 * bench.seconds
    turns = bench.take_turns(town, warm_up=0.0, seconds=seconds, residents=4).rate * seconds
    lasted = time.monotonic() - began
    return {
        part: (server.cpu_seconds() - before[part] - idle[part] * lasted) / turns
        for part, server in parts.items()
    }


def waits(bench: Bench) -> Iterator[Row]:
    """Measures how soon the webhook acknowledges and LINE has the reply, and the first also while LINE hangs."""
    for kind in bench.grounds:
        measured: Rounds = defaultdict(list)
        for _ in range(bench.rounds):
            with bench.town(kind) as town:
                _wait_once(bench, town, measured)
        yield under(f"webhook → reply p99 at 100 events/s, {kind}", 50, measured["reply"], " ms")
        yield under(f"ack p99 at 300 events/s, LINE at 0 ms, {kind}", 25, measured["ack"], " ms")
        yield under(f"ack p99 at 300 events/s while LINE hangs, {kind}", 25, measured["hangs"], " ms")
    with bench.peer("sdk_echo") as echo:
        bench.line.behave(delay=SLOW_SECONDS)
        slowest = [bench.load(echo, rate=300, warm_up=1.0).p99]
    yield told(f"{FLASK}: ack p99 at 300 events/s, LINE at 80 ms", slowest, " ms")


def _wait_once(bench: Bench, town: Town, measured: Rounds) -> None:
    calm = bench.load(town.web, rate=100, warm_up=1.0)
    wait_for_rest(town.plot, seconds=10)
    measured["reply"].append(_reply_p99(calm, bench.line.counted()["heard"]))
    measured["ack"].append(bench.load(town.web, rate=300).p99)
    wait_for_rest(town.plot, seconds=10)
    bench.line.behave(hangs=True)
    measured["hangs"].append(bench.load(town.web, rate=300, warm_up=1.0).p99)


def _reply_p99(sent: Acks, heard: dict[str, float]) -> float:
    """Returns the 99th percentile in ms; a reply that never came counts as one that took forever."""
    return 1000 * percentile([heard.get(number, float("inf")) - due for number, due in sent.due.items()], 99)


def burst(bench: Bench) -> Iterator[Row]:
    """Measures a flood: a thousand events a second for ten seconds."""
    for kind in bench.grounds:
        with bench.town(kind) as town:
            flood = bench.load(town.web, rate=1000, seconds=10, warm_up=0)
            seconds = wait_for_rest(town.plot, seconds=90)
            counted = bench.line.counted()
        lost, doubled = len(flood.due.keys() - counted["heard"].keys()), counted.get("twice", 0)
        figure = (
            f"slowest ack {flood.slowest:.0f} ms, {flood.refused} refused, {lost} unanswered, {doubled} answered "
            f"twice, backlog gone after {seconds:.0f} s"
        )
        kept = flood.slowest < 2000 and seconds < 30 and not (flood.refused or lost or doubled)
        goal = "all acked < 2 s, none lost, backlog gone in 30 s"
        yield Row(f"burst of 1,000 events/s for 10 s, {kind}", goal, figure, kept)


def idle(bench: Bench) -> Iterator[Row]:
    """Measures what web, worker and console cost while they have nothing to do, and how long they take to start."""
    for kind in bench.grounds:
        with (
            bench.town(kind) as town,
            started(procfile_line("console"), environment(bench.line, town.plot)) as officers,
        ):
            call(officers.port, "GET", "/sign-in")
            bench.load(town.web, rate=20, seconds=1.0, warm_up=0)
            wait_for_rest(town.plot, seconds=10)
            used = [server.memory_bytes() / 2**20 for server in (town.web, *town.workers, officers)]
            busy = _busy(town.workers[0])
        yield under(f"memory of web, worker and console together (PSS), {kind}", 300, [sum(used)], " MB")
        yield Row(f"processor time of the idle worker, {kind}", "", f"{busy:.1%} of one core")
        starts = (town.web.start_seconds, town.start_seconds, officers.start_seconds)
        figure = " / ".join(f"{seconds:.1f}" for seconds in starts)
        yield Row(f"start of web / worker / console, {kind}", "", f"{figure} s")


def _busy(server: Server) -> float:
    before = server.cpu_seconds()
    time.sleep(WHILE_IDLE_SECONDS)
    return (server.cpu_seconds() - before) / WHILE_IDLE_SECONDS


def console(bench: Bench) -> Iterator[Row]:
    """Measures the officers' pages when ten years of cases lie behind them."""
    for kind, ground in bench.grounds.items():
        with ground.plot() as plot, open_desk(plot) as desk:
            yield from _at_the_desk(desk, kind)


def _at_the_desk(desk: Desk, kind: str) -> Iterator[Row]:
    lists = desk.seconds_of_lists()
    what = f"case list, 500,000 cases, {len(lists)} pages of tabs and filters: p95, {kind}"
    yield under(what, 200, [1000 * percentile(lists, 95)], " ms")
    yield told(f"the slowest of these pages, {kind}", [1000 * max(lists)], " ms")
    yield told(f"page of one case, {kind}", [1000 * seconds for seconds in desk.seconds_of_case()], " ms")
    what = f"/metrics, 200,000 events and as many messages kept, {kind}"
    yield told(what, [1000 * seconds for seconds in desk.seconds_of_metrics()], " ms")


CHAPTERS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "acks": acks,
    "beside": beside,
    "turns": turns,
    "cost": cost,
    "waits": waits,
    "burst": burst,
    "idle": idle,
    "console": console,
}
