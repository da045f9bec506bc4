using System.Text.RegularExpressions;

namespace StemLab.House;

/// <summary>Every line a program may log has a number of its own, in its room's range, and a message without a full stop.</summary>
public sealed partial class LogTests
{
    private static readonly (string Folder, int From, int To)[] Ranges =
    [
        ("hub/Host/Intake", 1000, 1099), ("hub/Host/Api", 1100, 1199), ("hub/Host/Live", 1200, 1299), ("hub/Host/Stream", 1200, 1299),
        ("hub/Host/Query", 1300, 1399), ("hub/Host/Fleet", 1400, 1449), ("hub/Host/Facts", 1450, 1479), ("hub/Host/Derive", 1480, 1499), ("hub/Host/Quality", 1850, 1869), ("hub/Host/Updating", 1870, 1879),
        ("hub/Host/Export", 1370, 1389), ("hub/Host/Bundles", 1390, 1399), ("hub/Host/Classroom", 1500, 1519), ("hub/Host/Import", 1520, 1529), ("hub/Host/Web", 1550, 1559), ("hub/Host/Influx", 1560, 1579), ("hub/Host/TimeKeeping", 1600, 1699), ("hub/Host/Access", 1700, 1799), ("hub/Host/Enrolling", 1800, 1849), ("hub/Host/Operations", 1900, 1999),
        ("device-agent/Sampling", 2100, 2199), ("device-agent/Outbox", 2200, 2299), ("device-agent/Uplink", 2300, 2399),
        ("device-agent/TimeKeeping", 2400, 2499), ("device-agent/Sensors", 2500, 2599), ("device-agent/Provisioning", 2600, 2699), ("device-agent/Machine", 2700, 2799), ("device-agent/Updating", 2800, 2899), ("device-agent", 2000, 2099), ("samples", 3000, 3099),
    ];

    [Fact]
    public void Event_ids_are_unique_and_in_their_rooms_range()
    {
        var events = Repository.Files(".cs").Where(file => !file.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(file => EventId().Matches(Repository.Read(file)).Select(match => (file, id: int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)))).ToList();
        Offenders.None(events.GroupBy(x => x.id).Where(group => group.Count() > 1).Select(group => $"{group.Key} twice: {string.Join(", ", group.Select(x => x.file))}")
            .Concat(events.Where(x => !Ranges.Any(range => x.file.StartsWith(range.Folder + "/", StringComparison.Ordinal) && x.id >= range.From && x.id <= range.To))
                .Select(x => $"{x.file}: {x.id} is not in its room's range")));
    }

    [Fact]
    public void No_message_ends_with_a_full_stop() =>
        Offenders.None(Repository.Files(".cs").SelectMany(file => Message().Matches(Repository.Read(file)).Select(match => $"{file}: {match.Groups[1].Value}"))
            .Where(text => text.EndsWith('.')));

    [GeneratedRegex(@"LoggerMessage\([^)]*?EventId\s*=\s*(\d+)", RegexOptions.Singleline)]
    private static partial Regex EventId();

    [GeneratedRegex(@"LoggerMessage\([^;]*?Message\s*=\s*""((?:[^""\\]|\\.)*)""", RegexOptions.Singleline)]
    private static partial Regex Message();
}
