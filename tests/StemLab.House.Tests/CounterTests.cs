using System.Text.RegularExpressions;
using StemLab.Hub.Intake;
using StemLab.Wire;

namespace StemLab.House;

/// <summary>Every loss has a counter with a name, and every name is explained.</summary>
public sealed partial class CounterTests
{
    [Fact]
    public void Every_counter_is_explained_and_nothing_else_is()
    {
        var explained = Row().Matches(Repository.Read("hub/Host/Intake/COUNTERS.md")).Select(match => match.Groups[1].Value).ToArray();
        var counted = Enum.GetValues<IntakeCount>().Select(IntakeCounters.NameOf).ToArray();
        Offenders.None(counted.Except(explained).Select(name => $"{name} is not explained").Concat(explained.Except(counted).Select(name => $"{name} is no counter")));
    }

    [Fact]
    public void Every_reason_to_reject_a_native_message_has_a_counter_of_its_name() =>
        Offenders.None(Enum.GetValues<RejectReason>().Where(reason => reason != RejectReason.None && NativeIntake.CountOf(reason).ToString() != $"Rejected{reason}").Select(reason => reason.ToString()));

    [GeneratedRegex(@"^\| ([a-z_]+(?:\.[a-z_]+)?) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
