"""Holds the printings of stacks for Azure against each other, against the rules of Bicep's linter, and against the
official schemas of resources.

Reads {"schemas": folder or null, "deployment": {...}, "stacks": [...]} and prints a line for each thing that is wrong.
"""

import collections
import functools
import json
import pathlib
import re
import sys

import jsonschema

from arm_reader import Deployment, Template
from bicep_reader import Bicep, Evaluator, Problem, parse

# Source: the rules no-hardcoded-env-urls and secure-secrets-in-params of Azure/bicep, commit 9beb0fe (2026-08-21).
HOSTS = re.compile(
    r"(?<![a-z0-9])(azuredatalakeanalytics\.net|azuredatalakestore\.net|batch\.core\.windows\.net|core\.windows\.net"
    r"|database\.windows\.net|datalake\.azure\.net|gallery\.azure\.com|graph\.windows\.net"
    r"|login\.microsoftonline\.com|management\.azure\.com|management\.core\.windows\.net|vault\.azure\.net)(?![a-z0-9])",
    re.IGNORECASE,
)
SECRET = re.compile(r"password|pwd|secret|accountkey|acctkey", re.IGNORECASE)
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def main():
    data = json.load(sys.stdin)
    problems = []
    for stack in data["stacks"]:
        for check in (check_printings, check_lint, check_layout, check_parameters):
            try:
                problems += [f"{stack['name']}: {p}" for p in check(stack, data)]
            except Problem as problem:
                problems.append(f"{stack['name']}: {check.__name__}: {problem}")
        if data["schemas"]:
            problems += [f"{stack['name']}: {p}" for p in check_schemas(stack, pathlib.Path(data["schemas"]))]
    print("\n".join(problems))
    sys.exit(1 if problems else 0)


def check_printings(stack, data):
    deployment = Deployment(data["deployment"] | {"parameters": stack["parameters"]})
    bicep = Bicep(stack["bicep"])
    evaluator = Evaluator(bicep, deployment)
    from_bicep = {
        evaluator.identifier(symbol): (f"{r['type']}@{r['version']}", evaluator.body(symbol))
        for symbol, r in bicep.resources.items()
        if not r["existing"]
    }
    from_requests = {r["id"]: (f"{r['type']}@{r['apiVersion']}", r["body"]) for r in stack["resources"]}
    template = Template(stack["arm"], deployment)
    from_template, existing = {}, set(evaluator.identifier(s) for s, r in bicep.resources.items() if r["existing"])
    for identifier, resource, body, needs, referred in template.resources():
        from_template[identifier] = (f"{resource['type']}@{resource['apiVersion']}", body)
        yield from check_needs(identifier, needs, referred, from_requests)
    if len(bicep.resources) - len(existing) != len(from_bicep) or len(from_template) != len(stack["arm"]["resources"]):
        yield "two resources have one identifier"
    for name, other in (("Bicep", from_bicep), ("template", from_template)):
        yield from compare(name, other, from_requests)
    wanted = stack["outputs"]
    for name, other in (
        ("Bicep", {n: evaluator.value(v) for n, v in bicep.outputs.items()}),
        ("template", {n: template.value(v["value"]) for n, v in stack["arm"]["outputs"].items()}),
    ):
        if other != wanted:
            yield f"the outputs of the {name} are {other}, not {wanted}"


def check_needs(identifier, needs, referred, made):
    if len(set(needs)) != len(needs):
        yield f"{identifier} waits twice for one resource"
    for need in needs:
        if need not in made:
            yield f"{identifier} waits for {need}, which is not in the template"
    for other in (referred & made.keys()) - set(needs):
        yield f"{identifier} reads {other} without waiting for it"


def compare(name, other, wanted):
    for identifier in other.keys() ^ wanted.keys():
        yield f"only {'the ' + name if identifier in other else 'the requests'} has {identifier}"
    for identifier in other.keys() & wanted.keys():
        if other[identifier] != wanted[identifier]:
            yield f"{identifier} in the {name}: {difference(other[identifier], wanted[identifier])}"


def difference(one, other, path=""):
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() | other.keys():
            if one.get(key) != other.get(key):
                return difference(one.get(key), other.get(key), f"{path}.{key}")
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other)):
            if left != right:
                return difference(left, right, f"{path}[{index}]")
    return f"{path} is {one!r}, not {other!r}"


# The linter


def check_lint(stack, _):
    bicep = Bicep(stack["bicep"])
    mentions = collections.Counter(identifiers(parse(stack["bicep"])))
    used = {name for name, count in mentions.items() if count > 1}
    for name in bicep.parameters.keys() | bicep.variables.keys():
        if name not in used:
            yield f"{name} is never used"
    for name, resource in bicep.resources.items():
        if resource["existing"] and name not in used:
            yield f"the existing resource {name} is never used"
    for name in bicep.parameters:
        if SECRET.search(name) and name not in bicep.secure:
            yield f"the parameter {name} is not secure"
        if name in bicep.secure and bicep.parameters[name] is not None:
            yield f"the secure parameter {name} has a default"
    for name in bicep.parameters.keys() | bicep.outputs.keys():
        if name not in bicep.descriptions:
            yield f"{name} has no description"
    for symbol, resource in bicep.resources.items():
        yield from lint_resource(bicep, symbol, resource)
    limits = (len(bicep.parameters), 256), (len(bicep.outputs), 64)
    for count, limit in limits:
        if count > limit and not stack["limited"]:
            yield f"{count} is more than {limit}"


def lint_resource(bicep, symbol, resource):
    body = resource["body"]
    needs = bicep.property(body, "dependsOn")
    rest = set()
    for key, value in bicep.properties(body):
        if key.text != b"dependsOn":
            rest |= set(identifiers(value)) | set(identifiers(key))
        if key.text == b"name" and value.type == "string" and "/" in value.text.decode():
            yield f"{symbol} spells out its parent"
    for need in needs.children if needs is not None else []:
        if need.is_named and need.text.decode() in rest:
            yield f"{symbol} need not say that it depends on {need.text.decode()}"
    yield from lint_values(body, symbol)


def lint_values(node, symbol):
    if node.type == "object_property":
        key = node.children[0]
        if key.type == "string" and IDENTIFIER.match(key.text.decode()[1:-1]):
            yield f"{symbol} quotes {key.text.decode()} for no reason"
        elif key.type != "string" and not IDENTIFIER.match(key.text.decode()):
            yield f"{symbol} must quote {key.text.decode()}"
        yield from lint_values(node.children[-1], symbol)
        return
    if node.type == "string":
        if HOSTS.search(node.text.decode()):
            yield f"{symbol} names a host of one cloud: {node.text.decode()}"
        inner = [c for c in node.children if c.is_named]
        if len(inner) == 1 and inner[0].type == "interpolation" and inner[0].text == node.text[1:-1]:
            yield f"{symbol} puts a lone value into a string: {node.text.decode()}"
    for child in node.children:
        yield from lint_values(child, symbol)


def identifiers(node):
    if node.type == "identifier":
        yield node.text.decode()
    for child in node.children:
        yield from identifiers(child)


# The layout of `bicep format`


def check_layout(stack, _):
    text = stack["bicep"]
    if not text.endswith("\n") or text.endswith("\n\n") or text.startswith("\n"):
        yield "blank lines at an end of the file"
    if "\n\n\n" in text or "{\n\n" in text or "[\n\n" in text or "\r" in text or "\t" in text:
        yield "white space that the formatter would take away"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield f"line {number} ends with blanks"
        if (len(line) - len(line.lstrip(" "))) % 2:
            yield f"line {number} is indented by an odd number of blanks"
        call = re.search(r"(?<![\w'])(guid|replace)\(", line)
        if len(line) > 120 and call and line.endswith(")"):
            yield f"line {number} should be broken"


def check_parameters(stack, _):
    lines = stack["bicepparam"].split("\n")
    if lines[0] != "using './main.bicep'" or lines[-1] != "":
        yield "the parameters do not name their template"
    given = set()
    for line in lines[2:-1]:
        match = re.match(r"param (\w+) = readEnvironmentVariable\('([A-Za-z0-9_]+)'\)\Z", line)
        if not match:
            yield f"{line!r} is no parameter"
        else:
            given.add(match[1])
    secure = Bicep(stack["bicep"]).secure
    if given != secure:
        yield f"the parameters file gives {given}, and {secure} are secure"
    declared = stack["arm"]["parameters"]
    if {n for n, p in declared.items() if p["type"] == "securestring"} != secure:
        yield "other parameters are secure in the template"


# The schemas


@functools.cache
def schema(folder, type_name):
    return json.loads((folder / "schemas" / f"{type_name.replace('/', '.')}.json").read_text())


@functools.cache
def versions(folder):
    return {name: entry["apiVersion"] for name, entry in json.loads((folder / "index.json").read_text())["types"].items()}


def check_schemas(stack, folder):
    for resource in stack["resources"]:
        name, type_name = resource["id"].rsplit("/", 1)[1], resource["type"]
        if versions(folder).get(type_name) != resource["apiVersion"]:
            yield f"{type_name} has the version {versions(folder).get(type_name)}, not {resource['apiVersion']}"
            continue
        document, body = schema(folder, type_name), {"name": name} | resource["body"]
        validator = jsonschema.Draft202012Validator(document)
        for error in validator.iter_errors(body):
            yield f"{resource['id']}: {'.'.join(map(str, error.path))}: {error.message[:200]}"
        for path, fault in strays(document, document, body):
            yield f"{resource['id']}: {path} {fault}"
    deployment = {"location": "x", "properties": {"mode": "Incremental", "template": stack["arm"]}}
    for error in jsonschema.Draft202012Validator(schema(folder, "Microsoft.Resources/deployments")).iter_errors(deployment):
        yield f"the template: {error.message[:200]}"


def strays(root, declared, value, path=""):
    """What a body says that its type does not know, or that only Azure may say."""
    declared = resolved(root, declared, value)
    if isinstance(value, dict):
        known, others = declared.get("properties", {}), declared.get("additionalProperties")
        for name, inner in value.items():
            where = f"{path}.{name}"
            if name in known:
                if known[name].get("readOnly"):
                    yield where, "is read-only"
                yield from strays(root, known[name], inner, where)
            elif isinstance(others, dict):
                yield from strays(root, others, inner, where)
            elif known or "properties" in declared:
                yield where, "is not known"
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from strays(root, declared.get("items", {}), inner, f"{path}[{index}]")


def resolved(root, declared, value):
    while "$ref" in declared:
        declared = functools.reduce(lambda d, key: d[key], declared["$ref"][2:].split("/"), root)
    for variants in (declared.get("oneOf"), declared.get("anyOf")):
        for variant in variants or []:
            candidate = {"$defs": root.get("$defs", {})} | variant
            if jsonschema.Draft202012Validator(candidate).is_valid(value):
                inner = resolved(root, variant, value)
                return {**declared, **inner, "properties": {**declared.get("properties", {}), **inner.get("properties", {})}}
    return declared


main()
