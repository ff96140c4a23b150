#!/usr/bin/env python3
"""Writes the table of time zones that is built in, from the PyPI package tzdata:

    .build/validators/bin/python scripts/built-in-zones.py > Sources/Scheduling/Zones/BuiltInZones+table.swift
"""
import pathlib
import struct
import textwrap

import tzdata

START = 1767225600  # 1 January 2026: what was before is of no use to schedules.
FOLDER = pathlib.Path(tzdata.__file__).parent / "zoneinfo"


def rule(name):
    """The rule for each year, and where there are single changes after START these too."""
    data = (FOLDER / name).read_bytes()
    footer = data.rsplit(b"\n", 2)[1].decode()
    block = data.index(b"TZif", 4)
    count, types = struct.unpack(">2l", data[block + 32 : block + 40])
    position = block + 44
    moments = struct.unpack(f">{count}q", data[position : position + 8 * count])
    position += 8 * count
    kinds = data[position : position + count]
    position += count
    offsets = [struct.unpack(">l", data[position + 6 * i : position + 6 * i + 4])[0] for i in range(types)]
    changes = [(moment, offsets[kind]) for moment, kind in zip(moments, kinds)]
    late = [f"{moment}:{offset}" for moment, offset in changes if moment > START]
    if not late:
        return [footer]
    return [footer, str([offset for moment, offset in changes if moment <= START][-1]), *late]


def main():
    groups = {}
    for name in (FOLDER.parent / "zones").read_text().split():
        groups.setdefault(" ".join(rule(name)), []).append(name)
    print(f"/// Made by scripts/built-in-zones.py from release {tzdata.IANA_VERSION} of the time zone database.")
    print("///\n/// Source: iana.org/time-zones, which is in the public domain.")
    print("extension BuiltInZones {\n    /// A rule in one line or more, then a `>` and the zones that have it.")
    print('    static let table = """')
    for words, names in sorted(groups.items()):
        lines = textwrap.wrap(f"{words} > {' '.join(sorted(names))}", 110, break_long_words=False, break_on_hyphens=False)
        print(textwrap.indent("\n".join(lines), "        "))
        print("        ;")
    print('        """\n}')


main()
