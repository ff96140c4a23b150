"""Reads OTLP requests with the official definitions, and writes what they say as JSON.

Each line of the input is a path and a body in hexadecimal: `/v1/traces 0a1b…`. A body that holds a field which the
definitions do not know, or that is no such message, is refused.
"""

import json
import sys

from google.protobuf.unknown_fields import UnknownFieldSet
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def check(message):
    if len(UnknownFieldSet(message)):
        sys.exit(f"{message.DESCRIPTOR.full_name} has a field that its definition does not know")
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for part in value if field.is_repeated else [value]:
            check(part)


def plain(value):
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [plain(part) for part in value.array_value.values]
    return getattr(value, kind) if kind else None


def facts(attributes):
    return {attribute.key: plain(attribute.value) for attribute in attributes}


def spans(request):
    for resource in request.resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                assert len(span.trace_id) == 16 and len(span.span_id) == 8 and len(span.parent_span_id) in (0, 8)
                assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
                yield {
                    "service": facts(resource.resource.attributes).get("service.name"),
                    "resource": facts(resource.resource.attributes),
                    "name": span.name,
                    "kind": type(span).SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
                    "trace": span.trace_id.hex(),
                    "id": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "attributes": facts(span.attributes),
                    "events": [{"name": event.name, "attributes": facts(event.attributes)} for event in span.events],
                    "droppedEvents": span.dropped_events_count,
                    "isError": span.status.code == 2,
                }


def metrics(request):
    for resource in request.resource_metrics:
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                kind = metric.WhichOneof("data")
                for point in getattr(metric, kind).data_points:
                    assert 0 < point.start_time_unix_nano <= point.time_unix_nano
                    found = {"name": metric.name, "unit": metric.unit, "kind": kind, "labels": facts(point.attributes)}
                    if kind == "histogram":
                        assert metric.histogram.aggregation_temporality == 2
                        assert len(point.bucket_counts) == len(point.explicit_bounds) + 1
                        assert sum(point.bucket_counts) == point.count
                        found |= {"count": point.count, "sum": point.sum, "buckets": list(point.bucket_counts)}
                    else:
                        found["value"] = getattr(point, point.WhichOneof("value"))
                    if kind == "sum":
                        assert metric.sum.is_monotonic and metric.sum.aggregation_temporality == 2
                    yield found


result = {"spans": [], "metrics": []}
for line in sys.stdin:
    path, body = line.split()
    request = ExportTraceServiceRequest() if path == "/v1/traces" else ExportMetricsServiceRequest()
    request.ParseFromString(bytes.fromhex(body))
    check(request)
    if path == "/v1/traces":
        result["spans"] += spans(request)
    else:
        result["metrics"] += metrics(request)
print(json.dumps(result))
