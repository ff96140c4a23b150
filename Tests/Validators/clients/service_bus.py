"""Uses a broker through Microsoft's old Python client of the HTTP interface, azure-servicebus 0.21.1.

The address is the first argument, 127.0.0.1:5300, and the key the second; the broker has a queue `jobs` that delivers a
message twice, and a topic `news` with the subscriptions `all` and `mail`, which takes what has that subject.
"""
import sys

from azure.common import AzureHttpError, AzureMissingResourceHttpError
from azure.servicebus import Message, ServiceBusService

address, key = sys.argv[1:]


def service(name="tests", value=key):
    # A namespace and the rest of the host are joined, and the client knows ports of schemes only.
    client = ServiceBusService(
        address[:3], host_base=address[3:], shared_access_key_name=name, shared_access_key_value=value, timeout=10
    )
    client._httpclient.protocol = "http"
    return client


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


def status(body):
    try:
        body()
    except AzureHttpError as error:
        return error.status_code
    return None


bus = service()

# A message and all that travels with it.
bus.send_queue_message("jobs", Message(
    b"\x00\xffbytes", type="application/octet-stream",
    custom_properties={"priority": "high", "count": 3, "rate": 0.5, "urgent": True, "quoted": 'a "b"'},
    broker_properties={"MessageId": "m-1", "Label": "first", "TimeToLive": 100, "SessionId": "s", "PartitionKey": "s"},
))
message = bus.receive_queue_message("jobs", peek_lock=True, timeout=0)
equal(message.body, b"\x00\xffbytes")
equal(message.type, "application/octet-stream")
equal({name: message.custom_properties[name] for name in ["priority", "count", "rate", "urgent", "quoted"]},
      {"priority": "high", "count": 3, "rate": 0.5, "urgent": True, "quoted": 'a "b"'})
for name, value in {"MessageId": "m-1", "Label": "first", "TimeToLive": 100, "SessionId": "s", "DeliveryCount": 1,
                    "State": "Active"}.items():
    equal(message.broker_properties[name], value)
message.renew_lock()
message.unlock()
message = bus.receive_queue_message("jobs", peek_lock=True, timeout=0)
equal(message.broker_properties["DeliveryCount"], 2)
message.delete()
equal(status(message.delete), 404)
equal(bus.receive_queue_message("jobs", peek_lock=True, timeout=0).body, None)

# A batch, and receiving without a lock.
bus.send_queue_message_batch("jobs", [
    Message("one", custom_properties={"n": 1}), Message("two", broker_properties={"Label": "second"}),
])
message = bus.receive_queue_message("jobs", peek_lock=False, timeout=0)
equal((message.body, message.location), (b"one", None))
equal(bus.receive_queue_message("jobs", peek_lock=False, timeout=0).broker_properties["Label"], "second")

# What is delivered too often.
bus.send_queue_message("jobs", Message(b"poison"))
for _ in range(2):
    bus.receive_queue_message("jobs", peek_lock=True, timeout=0).unlock()
equal(bus.get_queue("jobs").message_count, 1)
dead = bus.receive_queue_message(bus.format_dead_letter_queue_name("jobs"), peek_lock=True, timeout=0)
equal(dead.custom_properties["deadletterreason"], "MaxDeliveryCountExceeded")
dead.delete()

# A topic.
for label in ["mail", "letter"]:
    bus.send_topic_message("news", Message(label.encode(), broker_properties={"Label": label}))
bodies = [bus.receive_subscription_message("news", "all", peek_lock=False, timeout=0).body for _ in range(2)]
equal(bodies, [b"mail", b"letter"])
message = bus.receive_subscription_message("news", "mail", peek_lock=True, timeout=0)
equal(message.body, b"mail")
message.renew_lock()
message.unlock()
bus.receive_subscription_message("news", "mail", peek_lock=True, timeout=0).delete()

# What tools see.
queue = bus.get_queue("jobs")
equal((queue.name, queue.max_delivery_count, queue.lock_duration, queue.message_count), ("jobs", 2, "PT1M", 0))
equal([queue.name for queue in bus.list_queues()], ["jobs"])
equal([topic.name for topic in bus.list_topics()], ["news"])
equal(bus.get_topic("news").requires_duplicate_detection, False)
equal([subscription.name for subscription in bus.list_subscriptions("news")], ["all", "mail"])
equal(bus.get_subscription("news", "mail").max_delivery_count, 10)
rule, = bus.list_rules("news", "mail")
equal((rule.name, rule.filter_type, rule.filter_expression), ("$Default", "SqlFilter", "sys.Label = 'mail'"))
equal(bus.get_rule("news", "all", "$Default").filter_type, "TrueFilter")

# What is refused.
equal(status(lambda: bus.send_queue_message("nobody", Message(b""))), 410)
equal(status(lambda: service(value="wrong").send_queue_message("jobs", Message(b""))), 401)
equal(status(lambda: service("reader").send_queue_message("jobs", Message(b""))), 401)
equal(service("reader").receive_queue_message("jobs", timeout=0).body, None)
try:
    bus.get_queue("nobody")
    raise AssertionError("a queue that is not there was found")
except AzureMissingResourceHttpError:
    pass
print("all as expected")
