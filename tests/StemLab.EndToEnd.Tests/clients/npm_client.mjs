// npm mqtt against a hub: npm_client.mjs URL PROTOCOL(4|5) COUNT. Publishes COUNT numbers at QoS 0 and 1 and hears them all; prints what came of it as JSON.
import mqtt from "mqtt";

const [url, version, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const topic = `npm${version}${url.startsWith("ws") ? "ws" : "tcp"}/tank/ph`;
const options = { protocolVersion: version, reconnectPeriod: 0, connectTimeout: 60000 };
const listener = await mqtt.connectAsync(url, options);
const heard = [];
let wanted = 0, told = () => {};
listener.on("message", (_, payload) => {
  heard.push(payload.toString());
  if (heard.length >= wanted) told();
});
await listener.subscribeAsync(topic, { qos: 1 });
const sender = await mqtt.connectAsync(url, options);
let answered = 0;
const limit = setTimeout(() => { console.log(JSON.stringify({ answered, heard: heard.length })); process.exit(1); }, 60000);
// A hundred at once: a hub keeps 200 messages for a subscriber that falls behind and counts those it drops.
for (let start = 0; start < 2 * count; start += 100) {
  wanted = start + 100;
  const arrived = new Promise(resolve => { told = resolve; });
  await Promise.all(Array.from({ length: 100 }, async (_, i) => {
    await sender.publishAsync(topic, String(start + i), { qos: start < count ? 0 : 1 });
    answered++;
  }));
  if (heard.length < wanted) await arrived;
}
clearTimeout(limit);
await sender.endAsync();
await listener.endAsync();
console.log(JSON.stringify({ subscribed: true, answered, heard: heard.length, distinct: new Set(heard).size, expected: 2 * count }));
