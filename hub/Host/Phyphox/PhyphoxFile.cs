using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;

namespace StemLab.Hub.Phyphox;

/// <summary>
/// Writes an experiment for phyphox that measures and posts to the hub every second: buffers, sensors, a graph a sensor, one network connection. phyphox can send numbers, its times
/// and nothing else: no header, so the phone's key travels in the body, as a number of fifteen digits. Pure.
/// </summary>
internal static class PhyphoxFile
{
    /// <summary>Of the file format: the first with times in network connections and appended buffers (phyphox 1.1.12).</summary>
    public const string Version = "1.16";

    private const int BufferRows = 2_000;

    /// <summary>What a QR holds: the app's own scheme in place of http, so that the phone opens phyphox.</summary>
    public static string LinkOf(Uri hub, string code) => $"phyphox://{hub.Authority}{PhyphoxSetup.PostPath}/{code}";

    /// <param name="title">For people, with the phone's name.</param>
    /// <param name="sensors">At least one.</param>
    /// <param name="rateHz">Readings a second.</param>
    /// <param name="address">Where it posts.</param>
    /// <param name="key">What it shows.</param>
    public static string Write(string title, ImmutableArray<PhoneSensor> sensors, int rateHz, Uri address, long key)
    {
        var rate = rateHz.ToString(CultureInfo.InvariantCulture);
        var document = new XElement(
            "phyphox",
            new XAttribute("version", Version),
            new XElement("title", title),
            new XElement("category", "StemLab"),
            new XElement("description", "Measures and sends to the hub of your class. Press play; stop to end. / Đo và gửi về trạm của lớp. Bấm chạy; bấm dừng để kết thúc."),
            new XElement(
                "data-containers",
                new XElement("container", new XAttribute("size", 1), new XAttribute("static", "true"), new XAttribute("init", key), "key"),
                sensors.SelectMany(Buffers).Select(buffer => new XElement("container", new XAttribute("size", BufferRows), buffer))),
            new XElement("input", sensors.Select(sensor => new XElement(
                "sensor",
                new XAttribute("type", sensor.Type),
                new XAttribute("rate", rate),
                sensor.Axes.Select(axis => new XElement("output", new XAttribute("component", axis.Component), $"{sensor.Key}{axis.Component.ToUpperInvariant()}")),
                new XElement("output", new XAttribute("component", "t"), sensor.TimeBuffer)))),
            new XElement("views", new XElement("view", new XAttribute("label", "StemLab"), sensors.Select(Graph))),
            new XElement(
                "network",
                new XElement(
                    "connection",
                    new XAttribute("id", "hub"),
                    new XAttribute("service", "http/post"),
                    new XAttribute("address", address),
                    new XAttribute("privacy", new Uri(address, "/help/student")),
                    new XAttribute("conversion", "none"),
                    new XAttribute("autoConnect", "true"),
                    new XAttribute("interval", "1"),
                    new XElement("send", new XAttribute("id", "key"), new XAttribute("type", "buffer"), new XAttribute("datatype", "number"), new XAttribute("keep", "true"), "key"),
                    new XElement("send", new XAttribute("id", "time"), new XAttribute("type", "time")),
                    sensors.SelectMany(Buffers).Select(buffer => new XElement("send", new XAttribute("id", buffer), new XAttribute("type", "buffer"), new XAttribute("keep", "false"), buffer)))));
        return new XDeclaration("1.0", "UTF-8", null) + "\n" + document;
    }

    private static IEnumerable<string> Buffers(PhoneSensor sensor) => sensor.Ports.Select(port => port.Buffer).Append(sensor.TimeBuffer);

    private static XElement Graph(PhoneSensor sensor) => new(
        "graph",
        new XAttribute("label", sensor.Key),
        new XAttribute("labelX", "t"),
        new XAttribute("unitX", "s"),
        new XAttribute("labelY", sensor.Key),
        new XAttribute("unitY", sensor.Unit),
        new XAttribute("partialUpdate", "true"),
        sensor.Ports.SelectMany(port => (XElement[])[new XElement("input", new XAttribute("axis", "x"), sensor.TimeBuffer), new XElement("input", new XAttribute("axis", "y"), port.Buffer)]));
}
