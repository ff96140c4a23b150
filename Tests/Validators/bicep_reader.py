"""Reads Bicep with a third-party grammar and evaluates what it says."""

import functools
import re

import tree_sitter
import tree_sitter_bicep

_parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))

ESCAPES = {"\\": "\\", "'": "'", "n": "\n", "r": "\r", "t": "\t", "$": "$"}


class Problem(Exception):
    pass


@functools.lru_cache(maxsize=1)
def parse(text):
    tree = _parser.parse(text.encode())
    if tree.root_node.has_error:
        raise Problem(f"line {first_error(tree.root_node)} is not Bicep")
    return tree.root_node


def first_error(node):
    if node.type == "ERROR" or node.is_missing:
        return node.start_point[0] + 1
    for child in node.children:
        if child.has_error or child.is_missing:
            return first_error(child)
    return node.start_point[0] + 1


def unescape(raw):
    def replacement(match):
        return chr(int(match[1], 16)) if match[1] else ESCAPES[match[2]]

    return re.sub(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))", replacement, raw, flags=re.S)


def string_parts(node):
    """The plain texts and the expressions of a string; escapes are read from the source, for the grammar drops some."""
    source, start = node.text, node.start_byte
    position, parts = 1, []
    for child in node.children:
        if child.type == "interpolation":
            parts.append(unescape(source[position : child.start_byte - start].decode()))
            parts.append(next(c for c in child.children if c.is_named))
            position = child.end_byte - start
    parts.append(unescape(source[position:-1].decode()))
    return parts


def plain(node):
    parts = string_parts(node)
    if len(parts) != 1:
        raise Problem(f"{node.text!r} is not a plain string")
    return parts[0]


class Bicep:
    """One file: its declarations, and the value of any expression in it."""

    def __init__(self, text):
        self.text = text
        self.parameters, self.variables, self.resources, self.outputs = {}, {}, {}, {}
        self.descriptions, self.secure = set(), set()
        decorators = []
        for node in parse(text).children:
            if node.type == "decorators":
                decorators = [d.children[1].child_by_field_name("function").text.decode() for d in node.children]
                continue
            if node.type.endswith("_declaration"):
                self.declare(node, decorators)
            decorators = []

    def declare(self, node, decorators):
        name = node.children[1].text.decode()
        tables = {
            "parameter_declaration": self.parameters,
            "variable_declaration": self.variables,
            "resource_declaration": self.resources,
            "output_declaration": self.outputs,
        }
        table = tables[node.type]
        if name in self.symbols and table is not self.outputs or name in table:
            raise Problem(f"{name} is declared twice")
        types = [child.type for child in node.children]
        value = node.children[-1] if "=" in types else None
        if "description" in decorators:
            self.descriptions.add(name)
        if "secure" in decorators:
            self.secure.add(name)
        if table is self.resources:
            type_name, _, version = plain(node.children[2]).partition("@")
            value = {"type": type_name, "version": version, "existing": "existing" in types, "body": value}
        table[name] = value

    @property
    def symbols(self):
        return self.parameters.keys() | self.variables.keys() | self.resources.keys()

    def properties(self, node):
        """The members of an object, by their names as nodes."""
        seen = set()
        for child in node.children:
            if child.type != "object_property":
                continue
            key, value = child.children[0], child.children[-1]
            if key.text in seen:
                raise Problem(f"{key.text.decode()} is there twice in line {key.start_point[0] + 1}")
            seen.add(key.text)
            yield key, value

    def property(self, node, name):
        for key, value in self.properties(node):
            if key.text.decode() == name:
                return value
        return None


class Evaluator:
    """Values of a Bicep file in one deployment."""

    def __init__(self, bicep, deployment):
        self.bicep, self.deployment = bicep, deployment

    def identifier(self, symbol):
        declared = self.bicep.resources[symbol]
        scope = self.bicep.property(declared["body"], "scope")
        outer = None
        if scope is not None:
            outer = self.subscription if scope.type == "call_expression" else self.identifier(scope.text.decode())
        return self.deployment.identifier(declared["type"], self.names(symbol), outer)

    @property
    def subscription(self):
        return f"/subscriptions/{self.deployment.subscription}"

    def names(self, symbol):
        body = self.bicep.resources[symbol]["body"]
        parent = self.bicep.property(body, "parent")
        before = [] if parent is None else self.names(parent.text.decode())
        return before + [self.value(self.bicep.property(body, "name"))]

    def body(self, symbol):
        whole = self.bicep.resources[symbol]["body"]
        return {
            self.key(key): self.value(value)
            for key, value in self.bicep.properties(whole)
            if key.text.decode() not in ("name", "parent", "scope", "dependsOn")
        }

    def key(self, node):
        return self.value(node) if node.type == "string" else node.text.decode()

    def value(self, node):
        kind = node.type
        if kind == "string":
            return "".join(p if isinstance(p, str) else self.as_text(self.value(p)) for p in string_parts(node))
        if kind == "number":
            return int(node.text)
        if kind == "boolean":
            return node.text == b"true"
        if kind == "array":
            return [self.value(child) for child in node.children if child.is_named]
        if kind == "object":
            return {self.key(key): self.value(value) for key, value in self.bicep.properties(node)}
        if kind == "identifier":
            return self.named(node.text.decode())
        if kind == "member_expression":
            return self.member(node)
        if kind == "call_expression":
            name = node.child_by_field_name("function").text.decode()
            arguments = [self.value(c) for c in node.child_by_field_name("arguments").children if c.is_named]
            return self.deployment.call(name, arguments)
        raise Problem(f"no meaning for {kind} in line {node.start_point[0] + 1}")

    @staticmethod
    def as_text(value):
        if not isinstance(value, str):
            raise Problem(f"{value!r} in a string")
        return value

    def named(self, name):
        if name in self.bicep.parameters:
            default = self.bicep.parameters[name]
            return self.deployment.parameters.get(name) or self.value(default)
        if name in self.bicep.variables:
            return self.value(self.bicep.variables[name])
        raise Problem(f"{name} is not declared")

    def member(self, node):
        path = []
        while node.type == "member_expression":
            path.insert(0, node.child_by_field_name("property").text.decode())
            node = node.child_by_field_name("object")
        if node.type == "call_expression":
            value = self.value(node)
            for name in path:
                value = value[name]
            return value
        symbol = node.text.decode()
        if symbol not in self.bicep.resources:
            raise Problem(f"{symbol} is no resource")
        if path == ["id"]:
            return self.identifier(symbol)
        if path == ["name"]:
            return self.names(symbol)[-1]
        if path[0] != "properties":
            raise Problem(f"{symbol}.{'.'.join(path)}")
        return self.deployment.live(self.identifier(symbol), path[1:])
