#!/usr/bin/env python3
"""Compares src/README.md with the folders on disk and with every #include.

The table names each folder and the folders that it may include (its row's third column); what those
may include it may include as well. Also checked: a README in every folder, and the shapes
of co_await that the compiler is known to get wrong (docs/dependencies.md).
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
ROW = re.compile(r"^\| `([a-z0-9_/]+)` \|(.*)\| *([^|]*?) *\|$")
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)
BAD_AWAIT = re.compile(r"co_await[^;]*(\[[^\]&]*\b\w+\b[^\]]*\]\s*\(|\(\{|\{\s*\.)")


def read_table():
    table = {}
    for line in (SRC / "README.md").read_text().splitlines():
        row = ROW.match(line)
        if row:
            table[row.group(1)] = set(row.group(3).split()) - {"–"}
    return table


def main():
    errors = []
    table = read_table()
    folders = sorted({str(p.parent.relative_to(SRC)) for p in SRC.rglob("*.cc")
                      if "testing" not in p.parts and "runtime" not in p.parts}
                     | {str(p.parent.relative_to(SRC)) for p in SRC.rglob("*.h")
                        if "testing" not in p.parts})
    for folder in folders:
        if folder not in table:
            errors.append(f"src/README.md has no row for {folder}")
        if not (SRC / folder / "README.md").exists():
            errors.append(f"src/{folder} has no README.md")
    reach = {}
    for name, may in table.items():  # Bottom-up, so what a row names is complete already.
        reach[name] = set(may).union(*(reach.get(other, set()) for other in may))
    order = {name: index for index, name in enumerate(table)}
    for name, may in table.items():
        if name not in folders:
            errors.append(f"src/README.md names {name}, which is not there")
        for other in may:
            if other not in table:
                errors.append(f"src/README.md: {name} may include {other}, which has no row")
            elif order[other] > order[name]:
                errors.append(f"src/README.md: {name} may include {other}, which stands above it")
    for path in sorted(SRC.rglob("*")):
        if path.suffix not in (".h", ".cc"):
            continue
        relative = path.relative_to(SRC)
        text = path.read_text()
        if BAD_AWAIT.search(text):
            errors.append(f"src/{relative}: a capturing lambda or an aggregate inside co_await")
        folder = str(relative.parent)
        if "testing" in relative.parts or path.name.endswith((
                "_test.cc", "_fuzz.cc", "_bench.cc", "_soak.cc", "_storm.cc")):
            continue
        for include in INCLUDE.findall(text):
            target = str(pathlib.PurePosixPath(include).parent)
            if target != folder and target not in reach.get(folder, set()):
                errors.append(f"src/{relative} includes {include}: {folder} may not include {target}")
    for error in errors:
        print(error, file=sys.stderr)
    if not errors:
        print(f"{len(table)} folders, tree and includes as src/README.md says")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
