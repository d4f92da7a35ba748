"""Faults of disk and power against the real process; each part brings its control."""
import argparse
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "crash"))
from engine import Failure, adopt_orphans  # noqa: E402
import bit_flips  # noqa: E402
import disk_errors  # noqa: E402
import power_cut  # noqa: E402
import shim  # noqa: E402


def parts(size):
    """Name, title and work of each part; `size` is how much of it, by part."""
    return [
        ("power", "power cuts",
         lambda program, library, folder, seed: power_cut.power_cuts(
             program, library, folder, size["recordings"], size["cuts"], seed)),
        ("errors", "calls to the disk that fail",
         lambda program, library, folder, seed: disk_errors.disk_errors(
             program, library, folder, size["calls"], seed)),
        ("full", "a disk that is full, and then is not",
         lambda program, library, folder, seed: disk_errors.disk_full(
             program, library, folder, seed)),
        ("flips", "bits that flip while the engine is stopped",
         lambda program, library, folder, seed: bit_flips.bit_flips(
             program, library, folder, size["flips"], size["together"], seed)),
    ]


def main(size):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", help="the program to test")
    parser.add_argument("--only", help="one part")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--keep", action="store_true", help="keep the files")
    for name, value in size.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    args = parser.parse_args()
    adopt_orphans()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="riposte-faults-"))
    keep = args.keep
    try:
        library = shim.build(folder)
        for name, title, work in parts({name: getattr(args, name) for name in size}):
            if args.only not in (None, name):
                continue
            print(f"{title} (seed {args.seed})", flush=True)
            begun = time.monotonic()
            place = folder / name
            place.mkdir()
            work(args.engine, library, place, args.seed)
            print(f"  {time.monotonic() - begun:.0f} s", flush=True)
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        keep = True
        return 1
    except BaseException:
        keep = True
        raise
    finally:
        if keep:
            print(f"  kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print("passed")
    return 0
