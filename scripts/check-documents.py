"""Holds the commands of documents against those that infra has, and looks where links lead.

Arguments: what `infra --experimental-dump-help` prints, then the documents.
"""
import json
import pathlib
import re
import shlex
import sys

commands = json.loads(pathlib.Path(sys.argv[1]).read_text())["command"]
problems = []
counts = {"commands": 0, "links": 0}


def spans(text):
    """Commands of shell blocks and of code within sentences, with their lines."""
    language = None
    held = ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            language = None if language is not None else line[3:].strip()
        elif language in ("sh", "bash", "console"):
            line = held + (line[2:] if line.startswith("$ ") else line)
            held = line[:-1] if line.endswith("\\") else ""
            if not held:
                yield from ((number, part) for part in re.split(r"&&|\|\||;|\||\$\(|\)", line))
        elif language is None:
            yield from ((number, found) for found in re.findall(r"`([^`]+)`", line))


def words_of(text):
    """What follows `infra`; None where it is not called."""
    text = re.sub(r"\s#.*", "", text)
    match = re.match(r"\s*(?:[A-Z_]+=\S*\s+)*(?:swift run (?:--\S+ )*)?infra (.*)", text)
    if match is None:
        return None
    try:
        return shlex.split(re.sub(r"[\[\]…<>]", " ", match.group(1)))
    except ValueError:
        return None


def check(place, words):
    command = commands
    while words and not words[0].startswith("-"):
        name = words[0]
        children = command.get("subcommands", [])
        found = [child for child in children if name in [child["commandName"], *child.get("aliases", [])]]
        if not found:
            if children and re.fullmatch("[a-z-]+", name):
                problems.append(f"{place}: infra has no command '{name}' there")
            break
        command, words = found[0], words[1:]
    known = {}
    for argument in command.get("arguments", []):
        for spelling in argument.get("names") or []:
            known[("-" if spelling["kind"] == "short" else "--") + spelling["name"]] = argument
    for index, word in enumerate(words):
        option = word.split("=")[0]
        if not re.fullmatch("--?[a-z][a-z-]*", option):
            continue
        if option not in known:
            problems.append(f"{place}: infra {command['commandName']} has no option {option}")
            continue
        values = known[option].get("allValues")
        value = words[index + 1] if index + 1 < len(words) else ""
        if values and re.fullmatch("[a-z]+", value) and value not in values:
            problems.append(f"{place}: {option} is one of {', '.join(values)}, and not {value}")
    counts["commands"] += 1


def anchors(path):
    """The names of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def follow(place, path, target):
    counts["links"] += 1
    name, _, anchor = target.partition("#")
    goal = (path.parent / name) if name else path
    if not goal.exists():
        problems.append(f"{place}: there is no {target}")
    elif anchor and anchor not in anchors(goal):
        problems.append(f"{place}: {name or path.name} has no heading #{anchor}")


for path in map(pathlib.Path, sys.argv[2:]):
    text = path.read_text()
    for number, span in spans(text):
        words = words_of(span)
        if words:
            check(f"{path}:{number}", words)
    for number, line in enumerate(text.splitlines(), 1):
        for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`]*`", "", line)):
            if not re.match(r"[a-z]+:", target):
                follow(f"{path}:{number}", path, target)

for problem in problems:
    print(problem, file=sys.stderr)
print(f"check-documents: {counts['commands']} commands, {counts['links']} links, {len(problems)} problem(s)")
sys.exit(1 if problems else 0)
