"""Holds the SPDX document on standard input against the specification, and prints what it says."""

import json
import sys

from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

document = JsonLikeDictParser().parse(json.load(sys.stdin))
problems = [message.validation_message for message in validate_full_spdx_document(document)]
for package in document.packages:
    code = package.verification_code.value if package.verification_code else "-"
    print(package.name, package.version or "-", package.download_location, code)
    for reference in package.external_references:
        print(" ", reference.reference_type, reference.locator)
for file in document.files:
    print(file.name, *sorted(f"{sum.algorithm.name}:{sum.value}" for sum in file.checksums))
for relation in document.relationships:
    print(relation.spdx_element_id, relation.relationship_type.name, relation.related_spdx_element_id)
print("\n".join(problems))
sys.exit(1 if problems else 0)
