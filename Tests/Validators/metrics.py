"""Reads metrics in Prometheus' text form with Prometheus' own parser, and writes the samples as JSON.

Each sample is {"name": ..., "labels": {...}, "value": ...}; a histogram whose buckets do not rise is refused.
"""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

samples = []
buckets = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        samples.append({"name": sample.name, "labels": sample.labels, "value": sample.value})
        if sample.name.endswith("_bucket"):
            series = tuple(sorted((k, v) for k, v in sample.labels.items() if k != "le"))
            buckets.setdefault((sample.name, series), []).append((float(sample.labels["le"]), sample.value))
for name, values in buckets.items():
    counts = [count for _, count in sorted(values)]
    if counts != sorted(counts) or sorted(values)[-1][0] != float("inf"):
        sys.exit(f"the buckets of {name} do not rise to the infinite one")
print(json.dumps(samples))
