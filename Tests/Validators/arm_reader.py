"""Evaluates templates for Azure Resource Manager, and holds the functions that Bicep shares with them."""

import json
import re
import uuid

from bicep_reader import Problem

MASK = 0xFFFFFFFF
TOKEN = re.compile(r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>[().,]))")


def unique_string(*texts):
    data = "-".join(texts).encode()

    def rotated(value, count):
        return (value << count | value >> 32 - count) & MASK

    def mixed(word, one, count, other):
        return rotated(word * one & MASK, count) * other & MASK

    one, other, first, second = 0x239B961B, 0xAB0E9789, 0, 0
    whole = len(data) // 8 * 8
    for i in range(0, whole, 8):
        first ^= mixed(int.from_bytes(data[i : i + 4], "little"), one, 15, other)
        first = ((rotated(first, 19) + second) * 5 + 0x561CCD1B) & MASK
        second ^= mixed(int.from_bytes(data[i + 4 : i + 8], "little"), other, 17, one)
        second = ((rotated(second, 13) + first) * 5 + 0x0BCAA747) & MASK
    tail = data[whole:]
    if tail:
        first ^= mixed(int.from_bytes(tail[:4], "little"), one, 15, other)
    if tail[4:]:
        second ^= mixed(int.from_bytes(tail[4:], "little"), other, 17, one)
    first, second = first ^ len(data), second ^ len(data)

    def added(a, b):
        a = (a + b) & MASK
        return a, (b + a) & MASK

    def finished(value):
        value = (value ^ value >> 16) * 0x85EBCA6B & MASK
        value = (value ^ value >> 13) * 0xC2B2AE35 & MASK
        return value ^ value >> 16

    first, second = added(*map(finished, added(first, second)))
    value = second << 32 | first
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[value >> 59 - 5 * i & 31 if i < 12 else value << 1 & 31] for i in range(13))


class Deployment:
    """Where a template goes, and what Azure would tell about it."""

    def __init__(self, facts):
        self.tenant, self.subscription = facts["tenant"], facts["subscription"]
        self.group, self.location = facts["resourceGroup"], facts["location"]
        self.parameters = facts["parameters"]

    @property
    def group_identifier(self):
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    def identifier(self, type_name, names, outer=None):
        provider, *types = type_name.split("/")
        if len(types) != len(names):
            raise Problem(f"{type_name} takes {len(types)} names, not {names}")
        path = "".join(f"/{t}/{n}" for t, n in zip(types, names))
        return f"{outer or self.group_identifier}/providers/{provider}{path}"

    @staticmethod
    def live(identifier, path):
        return f"<{identifier}|{'.'.join(path)}>"

    def call(self, name, arguments):
        functions = {
            "guid": lambda *texts: str(uuid.uuid5(uuid.UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830"), "-".join(texts))),
            "json": json.loads,
            "replace": lambda text, old, new: text.replace(old, new),
            "resourceGroup": lambda: {"id": self.group_identifier, "location": self.location},
            "tenant": lambda: {"tenantId": self.tenant},
            "uniqueString": unique_string,
        }
        if name not in functions:
            raise Problem(f"unknown function {name}")
        return functions[name](*arguments)


class Template:
    """One template, with the value of any expression in it."""

    def __init__(self, document, deployment):
        self.document, self.deployment = document, deployment
        self.referred = set()

    def resources(self):
        for resource in self.document["resources"]:
            scope = self.value(resource["scope"]) if "scope" in resource else None
            identifier = self.deployment.identifier(
                resource["type"], self.value(resource["name"]).split("/"), scope
            ) if resource["type"].count("/") > 1 else self.single(resource, scope)
            self.referred = set()
            body = {
                self.value(name): self.value(value)
                for name, value in resource.items()
                if name not in ("type", "apiVersion", "name", "scope", "dependsOn")
            }
            referred = set(self.referred)
            needs = [self.value(need) for need in resource.get("dependsOn", [])]
            yield identifier, resource, body, needs, referred

    def single(self, resource, scope):
        # The name of a resource without parents may hold a slash, as queues may.
        return self.deployment.identifier(resource["type"], [self.value(resource["name"])], scope)

    def value(self, value):
        if isinstance(value, dict):
            return {self.value(k): self.value(v) for k, v in value.items()}
        if isinstance(value, list):
            return [self.value(v) for v in value]
        if not isinstance(value, str) or not (value.startswith("[") and value.endswith("]")):
            return value
        if value.startswith("[["):
            return value[1:]
        tokens = self.tokens(value[1:-1])
        result = self.expression(tokens)
        if tokens:
            raise Problem(f"more than one expression in {value}")
        return result

    @staticmethod
    def tokens(text):
        position, tokens = 0, []
        while position < len(text):
            match = TOKEN.match(text, position)
            if not match:
                raise Problem(f"no expression: {text[position:position + 40]!r}")
            tokens.append((match.lastgroup, match[match.lastgroup]))
            position = match.end()
        return tokens

    def expression(self, tokens):
        kind, text = tokens.pop(0)
        if kind == "string":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind != "name" or tokens.pop(0) != ("mark", "("):
            raise Problem(f"no call: {text}")
        arguments = []
        while tokens[0] != ("mark", ")"):
            arguments.append(self.expression(tokens))
            if tokens[0] == ("mark", ","):
                tokens.pop(0)
        tokens.pop(0)
        path = []
        while tokens and tokens[0] == ("mark", "."):
            tokens.pop(0)
            path.append(tokens.pop(0)[1])
        return self.result(text, arguments, path)

    def result(self, name, arguments, path):
        if name == "reference":
            return self.deployment.live(arguments[0], path)
        value = self.function(name, arguments)
        for step in path:
            value = value[step]
        return value

    def refer(self, identifier):
        self.referred.add(identifier)
        return identifier

    def function(self, name, arguments):
        if name == "parameters":
            declared = self.document["parameters"][arguments[0]]
            given = self.deployment.parameters.get(arguments[0])
            return given or self.value(declared["defaultValue"])
        if name == "variables":
            return self.value(self.document["variables"][arguments[0]])
        if name == "format":
            text = re.sub(r"\{\{|\}\}|\{(\d+)\}", lambda m: arguments[int(m[1]) + 1] if m[1] else m[0][0], arguments[0])
            return text
        if name == "resourceId":
            return self.refer(self.deployment.identifier(arguments[0], arguments[1:]))
        if name == "extensionResourceId":
            return self.refer(self.deployment.identifier(arguments[1], arguments[2:], arguments[0]))
        if name == "subscriptionResourceId":
            return self.deployment.identifier(
                arguments[0], arguments[1:], f"/subscriptions/{self.deployment.subscription}"
            )
        return self.deployment.call(name, arguments)
