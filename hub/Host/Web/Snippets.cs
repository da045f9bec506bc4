namespace StemLab.Hub.Web;

/// <summary>
/// Ready lines for makers' devices. In them %HOST%, %PORT%, %USER%, %TOKEN%, %TOPIC% and %NAME% (the topic's last level) are filled in on the page, which alone ever sees the token;
/// %TLS:…% stays only with TLS, %PLAIN:…% only without.
/// </summary>
internal static class Snippets
{
    /// <summary>Kinds in the order of the list, with their names.</summary>
    public static IReadOnlyList<(string Kind, string Name)> Kinds { get; } =
    [
        ("mosquitto", "mosquitto_pub"), ("python", "Python (paho-mqtt)"), ("arduino", "Arduino (ESP32, ESP8266)"), ("micropython", "MicroPython (Pico W, ESP32)"),
        ("esphome", "ESPHome"), ("tasmota", "Tasmota"), ("nodered", "Node-RED"),
    ];

    /// <summary>What the page's script is told: the lines by kind, and the hub's own authority.</summary>
    public static Dictionary<string, string> Of(string authorityPem) => new()
    {
        ["authorityPem"] = authorityPem,
        ["snippet_mosquitto"] = """
            mosquitto_pub -h %HOST% -p %PORT% %TLS:--cafile stemlab-ca.pem %-u %USER% -P %TOKEN% -q 1 -t %TOPIC%/ph -m 7.1
            """,
        ["snippet_python"] = """
            import paho.mqtt.publish as publish
            publish.single("%TOPIC%/ph", "7.1", qos=1, hostname="%HOST%", port=%PORT%,
                           auth={"username": "%USER%", "password": "%TOKEN%"}%TLS:, tls={"ca_certs": "stemlab-ca.pem"}%)
            """,
        ["snippet_arduino"] = """
            #include <WiFi.h>          // ESP8266: ESP8266WiFi.h
            #include <PubSubClient.h>  // library "PubSubClient"
            %TLS:#include <WiFiClientSecure.h>
            WiFiClientSecure net;      // in setup(): net.setCACert(the text of stemlab-ca.pem);
            %%PLAIN:WiFiClient net;
            %PubSubClient mqtt(net);
            void setup() {
              WiFi.begin("WIFI NAME", "WIFI PASSWORD");
              mqtt.setServer("%HOST%", %PORT%);
            }
            void loop() {
              if (!mqtt.connected()) { mqtt.connect("%USER%", "%USER%", "%TOKEN%"); delay(1000); return; }
              mqtt.loop();
              mqtt.publish("%TOPIC%/light", String(analogRead(34)).c_str());  // your sensor here
              delay(1000);
            }
            """,
        ["snippet_micropython"] = """
            import time, network
            from umqtt.simple import MQTTClient
            wifi = network.WLAN(network.STA_IF); wifi.active(True); wifi.connect("WIFI NAME", "WIFI PASSWORD")
            while not wifi.isconnected(): time.sleep(1)
            mqtt = MQTTClient("%USER%", "%HOST%", port=%PORT%, user="%USER%", password="%TOKEN%", keepalive=60%TLS:, ssl=True%)
            mqtt.connect()
            while True:
                mqtt.publish(b"%TOPIC%/temp", b"21.5")   # your sensor here
                time.sleep(1)
            """,
        ["snippet_esphome"] = """
            mqtt:
              broker: %HOST%
              port: %PORT%
              username: %USER%
              password: "%TOKEN%"
              topic_prefix: %TOPIC%
              discovery: false
            %TLS:  certificate_authority: |   # the text of stemlab-ca.pem, indented
            %
            """,
        ["snippet_tasmota"] = """
            Backlog MqttHost %HOST%; MqttPort %PORT%; MqttUser %USER%; MqttPassword %TOKEN%; Topic %NAME%; FullTopic %prefix%/%topic%/; SensorRetain 0; TelePeriod 10%TLS:; SetOption103 1%
            """,
        ["snippet_nodered"] = """
            [{"id":"hub","type":"mqtt-broker","name":"StemLab","broker":"%HOST%","port":"%PORT%","usetls":%TLS:true%%PLAIN:false%,"protocolVersion":"4"},
             {"id":"out","type":"mqtt out","z":"flow","name":"%TOPIC%","topic":"%TOPIC%/ph","qos":"1","retain":"false","broker":"hub","x":420,"y":120,"wires":[]},
             {"id":"in","type":"inject","z":"flow","name":"7.1","props":[{"p":"payload"}],"repeat":"5","payload":"7.1","payloadType":"num","x":200,"y":120,"wires":[["out"]]},
             {"id":"how","type":"comment","z":"flow","name":"Open the broker StemLab, Security: user %USER%, password %TOKEN%","x":320,"y":60,"wires":[]},
             {"id":"flow","type":"tab","label":"StemLab"}]
            """,
    };
}
