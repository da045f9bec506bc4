using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using StemLab.Hub.Access;
using StemLab.Hub.Operations;
using StemLab.Hub.Phyphox;
using StemLab.V1;
using PhoneExperiment = StemLab.V1.PhoneExperiment;

namespace StemLab.Hub.Api;

/// <summary>stemlab.v1.PhoneService. Thin.</summary>
[Authorize(Policies.Teach)]
internal sealed class PhoneRpc(PhoneBook phones, HubOrigin origin) : PhoneService.PhoneServiceBase
{
    private const string Prefix = "phoneExperiments/";
    private const int UsualRateHz = 10;
    private const int MostRateHz = 50;

    public override Task<StartPhoneExperimentResponse> StartPhoneExperiment(StartPhoneExperimentRequest request, ServerCallContext context)
    {
        var title = request.Title.Trim();
        var violations = new List<(string, string, string)>();
        if (title.Length is 0 or > PersonBook.LongestName || title.Any(char.IsControl))
        {
            violations.Add(("title", $"has {title.Length} characters; give 1 to {PersonBook.LongestName}, on one line", $"Tên có {title.Length} ký tự; cần 1 đến {PersonBook.LongestName}, trên một dòng"));
        }

        var sensors = request.Sensors.Distinct(StringComparer.Ordinal).Select(PhoneSensor.Find).ToArray();
        if (sensors.Length == 0 || sensors.Contains(null))
        {
            violations.Add(("sensors", $"must name at least one of {string.Join(", ", PhoneSensor.All.Select(sensor => sensor.Key))}", $"Hãy chọn ít nhất một cảm biến: {string.Join(", ", PhoneSensor.All.Select(sensor => sensor.Key))}"));
        }

        var rate = request.RateHz == 0 ? UsualRateHz : request.RateHz;
        if (rate is < 1 or > MostRateHz)
        {
            violations.Add(("rate_hz", $"is {rate}; give 1 to {MostRateHz}", $"Tốc độ là {rate}; cần 1 đến {MostRateHz}"));
        }

        if (violations.Count > 0)
        {
            throw Rpc.InvalidArgument(violations);
        }

        return phones.Start(title, [.. sensors.OfType<PhoneSensor>()], rate) is { } started
            ? Task.FromResult(new StartPhoneExperimentResponse { Experiment = Wire(started, context) })
            : throw Rpc.ResourceExhausted("phone experiments", "Too many experiments are open: end one first", "Đang mở quá nhiều thí nghiệm: hãy kết thúc một cái trước", TimeSpan.FromMinutes(1));
    }

    public override Task<ListPhoneExperimentsResponse> ListPhoneExperiments(ListPhoneExperimentsRequest request, ServerCallContext context)
    {
        var answer = new ListPhoneExperimentsResponse();
        answer.Experiments.AddRange(phones.Open.Select(one => Wire(one, context)));
        return Task.FromResult(answer);
    }

    public override Task<EndPhoneExperimentResponse> EndPhoneExperiment(EndPhoneExperimentRequest request, ServerCallContext context) =>
        request.Name.StartsWith(Prefix, StringComparison.Ordinal) && long.TryParse(request.Name.AsSpan(Prefix.Length), out var id) && phones.End(id)
            ? Task.FromResult(new EndPhoneExperimentResponse())
            : throw Rpc.NotFound("stemlab.dev/PhoneExperiment", request.Name);

    private PhoneExperiment Wire(Phyphox.PhoneExperiment one, ServerCallContext context)
    {
        var here = origin.UrlForPhones(Caller.Here(context));
        var wire = new PhoneExperiment { Name = $"{Prefix}{one.Id}", Title = one.Title, Code = one.Code, Link = PhyphoxFile.LinkOf(here, one.Code), RateHz = one.RateHz, Phones = phones.PhonesOf(one.Id) };
        wire.Sensors.AddRange(one.Sensors.Select(sensor => sensor.Key));
        return wire;
    }
}
