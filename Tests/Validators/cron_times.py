"""Says when cron expressions are due, for comparison: one line `expression|zone|moment` in, one moment out.

The calendar is croniter's, with the rule of Vixie cron for the two fields of days (implement_cron_bug). The zones are
those of the package tzdata, which the caller reads too; `folder` as the only argument prints where they are.

croniter fires times of the day twice when clocks show them twice, as its documentation of DST and its tests say; here
they are due once. So for expressions that name hours this script has an oracle of its own, which takes the times that a
clock without changes would show from croniter, and finds by trying when a clock with changes reaches them. Wherever
no repeated time is involved, croniter with the zone must agree with it. Expressions for every hour are croniter's alone.
"""
import datetime
import pathlib
import sys
import zoneinfo

import tzdata
from croniter import croniter

zoneinfo.reset_tzpath(to=[])
UTC = datetime.timezone.utc
DAY = datetime.timedelta(days=1)
MINUTE = datetime.timedelta(minutes=1)


def ticks(expression, start):
    return croniter(expression, start, implement_cron_bug=True).all_next(datetime.datetime)


def reached(clock, zone):
    """The first moment at which clocks of the zone show this time or a later one."""
    while True:
        moment = clock.replace(tzinfo=zone, fold=0).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == clock:
            return moment
        clock += MINUTE


def once(expression, zone, start):
    """When a time of the day is due next: each once."""
    for clock in ticks(expression, start.astimezone(zone).replace(tzinfo=None) - DAY):
        moment = reached(clock, zone)
        if moment > start:
            return moment


def is_repeat(moment, zone):
    return moment.astimezone(zone).fold == 1


def main():
    if sys.argv[1:] == ["folder"]:
        print(pathlib.Path(tzdata.__file__).parent / "zoneinfo", end="")
        return
    plain, repeats = 0, 0
    for line in sys.stdin:
        expression, name, moment = line.rstrip("\n").split("|")
        zone = zoneinfo.ZoneInfo(name)
        start = datetime.datetime.fromtimestamp(int(moment), UTC)
        answer = next(ticks(expression, start.astimezone(zone))).astimezone(UTC)
        hours = croniter(expression, implement_cron_bug=True).expanded[1]
        if hours == ["*"]:
            plain += 1
        else:
            own = once(expression, zone, start)
            if own == answer:
                plain += 1
            elif is_repeat(answer, zone) or is_repeat(start, zone):
                repeats += 1
            else:
                sys.exit(f"croniter says {answer} and the oracle {own}: {line}")
            answer = own
        print(int(answer.timestamp()))
    print(f"{plain} as croniter says, {repeats} at repeated times as the oracle says", file=sys.stderr)


main()
