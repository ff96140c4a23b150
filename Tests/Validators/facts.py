"""Holds the table of facts about properties against the official schemas, for every property that the stacks write.

Reads {"schemas": folder, "facts": {type: {"fixed": [...], "unreadable": [...], "respelled": [...]}}, "resources": [...]}.
"""

import functools
import json
import pathlib
import sys

data = json.load(sys.stdin)
folder = pathlib.Path(data["schemas"]) / "schemas"
problems = set()


@functools.cache
def schema(type_name):
    return json.loads((folder / f"{type_name.replace('/', '.')}.json").read_text())


def resolved(root, declared):
    while "$ref" in declared:
        own = {key: value for key, value in declared.items() if key != "$ref"}
        declared = functools.reduce(lambda d, key: d[key], declared["$ref"][2:].split("/"), root) | own
    return declared


def member(root, declared, name):
    if name in declared.get("properties", {}):
        return declared["properties"][name]
    for variant in declared.get("oneOf", []) + declared.get("anyOf", []):
        found = resolved(root, variant).get("properties", {}).get(name)
        if found is not None:
            return found
    return None


def check(type_name, root, declared, value, path):
    declared, facts = resolved(root, declared), data["facts"][type_name]
    if declared.get("writeOnly") and path not in facts["unreadable"]:
        problems.add(f"{type_name}: {path} is never shown")
    mutability = declared.get("x-ms-mutability")
    if mutability and "update" not in mutability and path not in facts["fixed"]:
        problems.add(f"{type_name}: {path} cannot be changed")
    words = declared.get("enum") or declared.get("x-known-values")
    if words and isinstance(value, str) and value.lower() != value and path not in facts["respelled"]:
        problems.add(f"{type_name}: {path} is one of {words}, in any capitals")
    if path in facts["unreadable"]:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            found = member(root, declared, name)
            if found is not None:
                check(type_name, root, found, inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            check(type_name, root, declared.get("items", {}), inner, f"{path}[]")


for resource in data["resources"]:
    root = schema(resource["type"])
    check(resource["type"], root, root, resource["body"], "")
print("\n".join(sorted(problems)))
sys.exit(1 if problems else 0)
