"""Holds the OpenAPI document on standard input against the specification, its examples against their schemas."""

import json
import sys

from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

document = json.load(sys.stdin)
problems = [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]
schemas = document["components"]["schemas"]


def examples(part, path):
    if isinstance(part, dict):
        for example in part.get("examples", []) if isinstance(part.get("examples"), list) else []:
            schema = part | {"components": document["components"]}
            for error in Draft202012Validator(schema).iter_errors(example):
                problems.append(f"{path}: {error.message}")
        for name, value in part.items():
            examples(value, f"{path}/{name}")
    elif isinstance(part, list):
        for index, value in enumerate(part):
            examples(value, f"{path}/{index}")


examples(schemas, "schemas")
print("\n".join(problems))
sys.exit(1 if problems else 0)
