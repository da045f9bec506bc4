"""paho-mqtt with a persistent session: paho_redelivery.py PORT COUNT. Publishes COUNT numbers at QoS 1 and goes on through every end of the hub; a line on the output for each tenth answered, then 'done'."""
import sys, time

import paho.mqtt.client as mqtt

port, count = int(sys.argv[1]), int(sys.argv[2])
version = getattr(mqtt, "CallbackAPIVersion", None)
client = mqtt.Client(*((version.VERSION1,) if version else ()), client_id="paho-keeper", clean_session=False)
client.reconnect_delay_set(1, 1)
client.max_inflight_messages_set(20)
client.connect("127.0.0.1", port)
client.loop_start()
infos = []
for i in range(count):
    infos.append(client.publish("keeper/tank/level", str(i), qos=1))
for i, info in enumerate(infos):
    while not info.is_published():
        time.sleep(0.005)
    if i % 10 == 0:
        print(i, flush=True)
print("done", flush=True)
client.disconnect()
client.loop_stop()
