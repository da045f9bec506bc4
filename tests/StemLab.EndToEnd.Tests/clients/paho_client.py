"""paho-mqtt against a hub: paho_client.py PORT PROTOCOL(4|5) COUNT. Publishes COUNT numbers at each QoS and hears them all; prints what came of it as JSON."""
import json, sys, threading, uuid

import paho.mqtt.client as mqtt

port, protocol, count = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
levels = (0, 1) if protocol == mqtt.MQTTv5 else (0, 1, 2)
expected = count * len(levels)
heard, answered, progress, subscribed = [], set(), threading.Condition(), threading.Event()
topic = f"paho{protocol}/tank/ph"


def make(name):
    version = getattr(mqtt, "CallbackAPIVersion", None)
    first = (version.VERSION1,) if version else ()
    return mqtt.Client(*first, client_id=name, protocol=protocol)


listener, sender = make(f"ear-{uuid.uuid4()}"), make(f"mouth-{uuid.uuid4()}")


def on_message(client, userdata, message):
    with progress:
        heard.append(message.payload.decode())
        progress.notify_all()


listener.on_message = on_message
listener.on_subscribe = lambda *_: subscribed.set()
sender.on_publish = lambda client, userdata, mid: answered.add(mid)
listener.connect("127.0.0.1", port)
listener.loop_start()
listener.subscribe(topic, qos=1)
ok = subscribed.wait(60)
sender.connect("127.0.0.1", port)
sender.loop_start()
for qos in levels:
    for start in range(0, count, 100):
        # A hundred at once: a hub keeps 200 messages for a subscriber that falls behind and counts those it drops.
        wave = [sender.publish(topic, str(qos * count + i), qos=qos) for i in range(start, start + 100)]
        for info in wave:
            info.wait_for_publish(60)
        with progress:
            progress.wait_for(lambda: len(heard) >= qos * count + start + 100, 60)
sender.disconnect()
listener.disconnect()
sender.loop_stop()
listener.loop_stop()
print(json.dumps({"subscribed": ok, "answered": len(answered), "heard": len(heard), "distinct": len(set(heard)), "expected": expected}))
