"""Kills the engine at random moments while events flow; whatever it acknowledged must happen.

Duplicates are allowed where delivery is at least once, and counted; a loss is a failure. kill -9
does not test the disk (what was written survives the process in the page cache): tests/faults does
that. The control here shows that a loss would be seen: it takes events for acknowledged
before they are sent.
"""
import argparse
import contextlib
import pathlib
import random
import shutil
import sys
import tempfile
import threading
import time

from effects import Effects
from engine import Engine, Failure, adopt_orphans, wait_until
from receiver import Receiver
import scenario
import workload

READY_SECONDS = 60  # A bound for what hangs; how long it took is reported, not judged.
PATIENCE_SECONDS = 20
# What is owed is delivered within milliseconds of an engine that lives; several in a row may die in
# their start, and the machine may be so busy that all its lives are too short.
WINDOW_SECONDS = 20
# Looking at the whole file takes the longer the more is in it.
CHECKS_IN_FULL = 100
CHECK_EVERY = 20
LONG_PACE_SECONDS = 0.1  # A thousand kills take half an hour: fewer events, and still many at each.


def moment(chance):
    """Seconds from the start of the process to its end: in its start, soon after, in full flow."""
    kind = chance.random()
    if kind < 0.2:
        return chance.uniform(0, 0.15)
    if kind < 0.5:
        return chance.uniform(0.1, 0.6)
    return chance.uniform(0.4, 2.0)


def crash(engine, receiver, kills, chance, acknowledge_early, pace):
    """One run over one data folder. Returns what was lost, by kind of effect."""
    ledger = workload.Ledger()
    engine.spawn()
    engine.wait_ready()
    queues = scenario.build(scenario.Clients(engine.endpoint, engine.credentials(), retries=3),
                            receiver=receiver.address)
    load = workload.Workload(scenario.Clients(engine.endpoint, engine.credentials()), ledger,
                             acknowledge_early, pace=pace, with_schedules=True)
    pause = threading.Event()
    orphans = checks = 0
    killed_at = []
    load.start()
    try:
        for number in range(kills):
            lifetime = moment(chance)
            pause.wait(lifetime)
            orphans += engine.kill()
            killed_at.append(time.monotonic())
            if acknowledge_early:
                wait_for_cut_off_calls(ledger)
            engine.spawn()
            if chance.random() < 0.25:  # The next kill may come before it serves.
                continue
            engine.wait_ready()
            if checks < CHECKS_IN_FULL or number % CHECK_EVERY == 0:
                engine.check_database()
                checks += 1
            if number % 100 == 99:
                print(f"  {number + 1} kills, {len(ledger.events)} events acknowledged", flush=True)
    finally:
        load.stop()
    if engine.process.poll() is not None:
        raise Failure(f"the engine ended by itself with {engine.process.returncode}")
    engine.wait_ready()
    drained = time.monotonic()
    effects = Effects(scenario.Clients(engine.endpoint, engine.credentials(), retries=3), queues,
                      receiver)
    effects.gather(ledger, 3 if acknowledge_early else PATIENCE_SECONDS)
    drained = time.monotonic() - drained
    lost = effects.losses(ledger)
    report(engine, ledger, effects, kills, checks, orphans, drained, lost)
    if not acknowledge_early:
        effects.check_once(ledger)
        bounds = effects.check_duplicates(ledger, killed_at, WINDOW_SECONDS)
        print(f"  duplicates at most: {bounds}", flush=True)
        replayed = effects.replay(ledger, PATIENCE_SECONDS)
        print(f"  {replayed} events in the archive, each replayed once", flush=True)
        if ledger.refused:
            raise Failure(f"refused, not cut off: {ledger.refused[:3]}")
        with contextlib.closing(engine.database()) as connection:
            dead = connection.execute("SELECT kind, error_code, error_message, count(*)"
                                      " FROM delivery_dead GROUP BY 1, 2, 3").fetchall()
        if dead:
            raise Failure(f"deliveries given up: {dead[:5]}")
    audit = engine.check_database()
    print(f"  audit chain of {audit} rows", flush=True)
    engine.stop()
    return lost


def wait_for_cut_off_calls(ledger):
    """The control has to lose something of each kind, not only by luck."""
    before = ledger.cut_off.copy()
    wait_until(lambda: all(ledger.cut_off[what] > before[what]
                           for what in ("put_events", "import_findings", "create_schedule")),
               30, "calls to an engine that is down fail")


def report(engine, ledger, effects, kills, checks, orphans, drained, lost):
    matched = sum(map(ledger.matches, ledger.events))
    size = (engine.data / "riposte.db").stat().st_size
    print(f"  {kills} kills; {len(ledger.events)} of {ledger.sent} events acknowledged, {matched}"
          f" matched; {len(ledger.imports)} findings imported, {len(ledger.updates)} updated;"
          f" {len(ledger.schedules)} schedules; {ledger.cut_off.total()} calls cut off")
    middle = sorted(engine.ready_times)[len(engine.ready_times) // 2]
    print(f"  ready after {1000 * max(engine.ready_times):.0f} ms at most, {1000 * middle:.0f} ms in"
          f" the middle; {orphans} processes died with their engine; drained in {drained:.1f} s")
    print(f"  {checks + 1} integrity checks; database of {size >> 20} MiB;"
          f" {len(effects.executions)} executions")
    print(f"  duplicates: {effects.duplicates() or 'none'}")
    print(f"  losses: { {name: len(numbers) for name, numbers in lost.items()} or 'none'}",
          flush=True)


def attempt(title, args, kills, seed, acknowledge_early):
    pace = workload.PACE_SECONDS if kills <= 100 else LONG_PACE_SECONDS
    print(f"{title} (seed {seed})", flush=True)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="riposte-crash-"))
    receiver = Receiver()
    engine = Engine(args.engine, folder, READY_SECONDS,
                    options=["--allow-private", receiver.address])
    keep = args.keep
    try:
        return crash(engine, receiver, kills, random.Random(seed), acknowledge_early, pace)
    except BaseException:
        keep = True
        if engine.log.exists():
            print("  " + "\n  ".join(engine.log.read_text(errors="replace").splitlines()[-20:]))
        raise
    finally:
        engine.end()
        receiver.close()
        if keep:
            print(f"  kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def main(kills):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("engine", help="the program to kill")
    parser.add_argument("--kills", type=int, default=kills)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--acknowledge-before-sending", action="store_true",
                        help="the control alone: must report losses, exit code 1")
    parser.add_argument("--keep", action="store_true", help="keep the data folder")
    args = parser.parse_args()
    adopt_orphans()
    try:
        if args.acknowledge_before_sending:
            return 1 if attempt("control", args, 3, args.seed, True) else 0
        lost = attempt("kills while events flow", args, args.kills, args.seed, False)
        if lost:
            examples = {name: sorted(numbers)[:5] for name, numbers in lost.items()}
            raise Failure(f"acknowledged, but without effect: {examples}")
        lost = attempt("control: events taken for acknowledged before they are sent", args, 3,
                       args.seed, True)
        unseen = {"queue", "topic", "function", "log", "pipe", "web", "schedule", "runbook",
                  "finding"} - lost.keys()
        if unseen:
            raise Failure(f"the control lost nothing of {unseen}: this test cannot see a loss")
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    print("passed")
    return 0
