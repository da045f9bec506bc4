using System.Globalization;
using System.Text;
using System.Text.Json;
using StemLab.TestKit;

namespace StemLab.EndToEnd;

/// <summary>kill -9 in the middle of an import. Run by name: every part of it is tested in its room, without two processes to start.</summary>
public sealed class ImportKillTests
{
    private const int Lines = 30_000;
    private const int Columns = 5;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task A_hub_killed_in_the_middle_of_an_import_takes_the_same_file_again_and_has_every_reading_once()
    {
        using var folder = new TempFolder();
        await using (var hub = await HubProcess.StartAsync(folder.Path))
        {
            var cut = ImportAsync(hub);
            await Eventually.True(async () => cut.IsCompleted || (await hub.Api.StateAsync()).Rows > 0, "the first readings of the file are stored");
            await hub.KillAsync();
            await Task.WhenAny(cut);
            _ = cut.Exception;
        }

        await using var again = await HubProcess.StartAsync(folder.Path);
        var report = await ImportAsync(again);

        Assert.Equal((Lines, Lines * Columns, 0, 0), (report.GetProperty("records").GetInt32(), report.GetProperty("new").GetInt32() + report.GetProperty("duplicate").GetInt32(), report.GetProperty("conflict").GetInt32(), report.GetProperty("wrongCount").GetInt32()));
        Assert.True(report.GetProperty("duplicate").GetInt32() > 0);
        Assert.Equal(Lines * Columns, (await again.Api.StateAsync()).Rows);
    }

    private static async Task<JsonElement> ImportAsync(HubProcess hub)
    {
        var upload = (await PostAsync(hub, "uploads?name=pond.csv", null)).GetProperty("id").GetString();
        using (var sent = await hub.Http.PutAsync($"uploads/{upload}?offset=0", new ByteArrayContent(Table()), Stop))
        {
            sent.EnsureSuccessStatusCode();
        }

        var mapping = (await PostAsync(hub, $"import/preview?upload={upload}&zone=UTC", null)).GetProperty("mapping").GetString()!;
        return (await PostAsync(hub, $"import/run?upload={upload}", new StringContent(mapping))).GetProperty("report");
    }

    /// <summary>The last line is the answer.</summary>
    private static async Task<JsonElement> PostAsync(HubProcess hub, string path, HttpContent? body)
    {
        using var answer = await hub.Http.PostAsync(path, body, Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        using var last = JsonDocument.Parse(text.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
        return last.RootElement.Clone();
    }

    private static byte[] Table()
    {
        var text = new StringBuilder("time,temp,ph,do_mgl,turb,sal\n");
        for (var i = 0; i < Lines; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{DateTime.UnixEpoch.AddDays(20_000).AddSeconds(i):yyyy-MM-dd HH:mm:ss},{20 + (i % 97 / 10.0):0.0},{7 + (i % 89 / 100.0):0.00},{i % 13},{i % 31},{30 + (i % 53 / 10.0):0.0}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
