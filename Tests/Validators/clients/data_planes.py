"""Uses a simulated storage account and a simulated Cosmos DB with Azure's own clients, which know what to expect.

Reads the port and the two keys from standard input, as a line of JSON.
"""

import json
import socket
import sys
import uuid
from datetime import datetime, timezone

from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.cosmos import CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)
from azure.data.tables import EdmType, EntityProperty, TableServiceClient, UpdateMode

arguments = json.loads(sys.stdin.read())
port = arguments["port"]

# Names of Azure lead to this machine, so that hosts and signatures are what they would be.
resolve = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **named: resolve("127.0.0.1", *rest, **named)


def refuses(error, call, status=None):
    """Runs a call that must fail."""
    try:
        call()
    except error as caught:
        assert status in (None, caught.status_code), (status, caught)
        return caught
    raise AssertionError(f"{error.__name__} was expected")


def tables():
    address = f"http://files1.table.core.windows.net:{port}"
    credential = AzureNamedKeyCredential("files1", arguments["tableKey"])
    service = TableServiceClient(endpoint=address, credential=credential)
    wrong = AzureNamedKeyCredential("files1", "d3Jvbmc=")
    stranger = TableServiceClient(endpoint=address, credential=wrong)
    refuses(ClientAuthenticationError, lambda: list(stranger.list_tables()))

    table = service.create_table("official")
    refuses(ResourceExistsError, lambda: service.create_table("official"))
    assert "official" in [item.name for item in service.list_tables()]

    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone.utc)
    entity = {
        "PartitionKey": "it's 50 %",
        "RowKey": "é 世界",
        "text": "it's\n",
        "flag": True,
        "small": -7,
        "large": EntityProperty(2**63 - 1, EdmType.INT64),
        "real": 1.5,
        "whole": 2.0,
        "bytes": b"\x00\xff",
        "moment": moment,
        "guid": uuid.UUID("11111111-1111-4111-8111-111111111111"),
    }
    written = table.create_entity(entity)
    refuses(ResourceExistsError, lambda: table.create_entity(entity))
    found = table.get_entity(entity["PartitionKey"], entity["RowKey"])
    assert {name: found[name] for name in entity} == entity, found
    assert found.metadata["etag"] == written["etag"], (found.metadata, written)

    listed = list(table.query_entities("small lt @n and flag eq true", parameters={"n": 0}))
    assert len(listed) == 1 and listed[0].metadata["etag"] == written["etag"], listed

    change = {"PartitionKey": entity["PartitionKey"], "RowKey": entity["RowKey"], "text": "new"}
    condition = {"etag": written["etag"], "match_condition": MatchConditions.IfNotModified}
    table.update_entity(change, mode=UpdateMode.MERGE, **condition)
    refuses(ResourceModifiedError, lambda: table.update_entity(change, mode=UpdateMode.REPLACE, **condition))
    merged = table.get_entity(entity["PartitionKey"], entity["RowKey"])
    assert merged["text"] == "new" and merged["flag"] is True, merged
    table.upsert_entity(change, mode=UpdateMode.REPLACE)
    assert "flag" not in table.get_entity(entity["PartitionKey"], entity["RowKey"])
    table.delete_entity(entity["PartitionKey"], entity["RowKey"])
    refuses(ResourceNotFoundError, lambda: table.get_entity(entity["PartitionKey"], entity["RowKey"]))

    for number in range(25):
        table.create_entity({"PartitionKey": f"p{number % 3}", "RowKey": str(number), "n": number})
    pages = [len(list(page)) for page in table.query_entities("n ge 5", results_per_page=6).by_page()]
    assert pages == [6, 6, 6, 2], pages
    refuses(HttpResponseError, lambda: table.create_entity({"PartitionKey": "a/b", "RowKey": "1"}), 400)
    refuses(HttpResponseError, lambda: list(table.query_entities("n is 5")), 400)
    service.delete_table("official")
    refuses(HttpResponseError, lambda: table.get_entity("p0", "0"), 404)


def documents():
    address = f"http://docs1.documents.azure.com:{port}/"
    named = {"enable_endpoint_discovery": False, "connection_timeout": 10}
    refuses(CosmosHttpResponseError, lambda: CosmosClient(address, "d3Jvbmc=", **named), 401)
    database = CosmosClient(address, arguments["documentKey"], **named).get_database_client("main")
    posts = database.get_container_client("posts")

    identifier = "é 世 'x'"
    made = posts.create_item({"id": identifier, "text": "a", "number": 1})
    assert made["text"] == "a" and made["_etag"], made
    refuses(CosmosResourceExistsError, lambda: posts.create_item({"id": identifier}))
    read = posts.read_item(identifier, partition_key=identifier)
    assert read == made, read
    condition = {"etag": made["_etag"], "match_condition": MatchConditions.IfNotModified}
    changed = posts.replace_item(identifier, {"id": identifier, "text": "b"}, **condition)
    assert changed["_etag"] != made["_etag"]
    refuses(
        CosmosAccessConditionFailedError,
        lambda: posts.replace_item(identifier, {"id": identifier, "text": "c"}, **condition),
    )
    assert posts.upsert_item({"id": identifier, "text": "d"})["text"] == "d"
    refuses(
        CosmosAccessConditionFailedError,
        lambda: posts.delete_item(identifier, partition_key=identifier, **condition),
    )
    posts.delete_item(identifier, partition_key=identifier)
    refuses(CosmosResourceNotFoundError, lambda: posts.read_item(identifier, partition_key=identifier))

    for number in range(25):
        posts.upsert_item({"id": str(number), "text": "five" if number % 5 == 0 else "x"})
    every = posts.query_items("SELECT * FROM c", enable_cross_partition_query=True, max_item_count=10)
    pages = [len(list(page)) for page in every.by_page()]
    assert sum(pages) == 25 and max(pages) <= 10, pages
    some = posts.query_items(
        "SELECT * FROM c WHERE c.text = @text",
        parameters=[{"name": "@text", "value": "five"}],
        enable_cross_partition_query=True,
    )
    assert sorted(item["id"] for item in some) == ["0", "10", "15", "20", "5"]
    one = posts.query_items("SELECT * FROM c WHERE c.id = '7'", partition_key="7")
    assert [item["id"] for item in one] == ["7"]
    assert len(list(posts.read_all_items(max_item_count=7))) == 25


for plane in (tables, documents):
    plane()
    print(f"{plane.__name__}: as the official client expects")
