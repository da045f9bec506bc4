using System.Globalization;
using System.IO.Compression;
using StemLab.Hub.Facts;
using StemLab.Hub.Quality;
using StemLab.Science.Quality;
using StemLab.Store;
using StemLab.TestKit;
using StemLab.Wire;
using static StemLab.Hub.Derive.DeriveFixture;

namespace StemLab.Hub.Derive;

/// <summary>A real series (Apalachicola Cat Point) through the worst delivery there is: the end must not depend on the way.</summary>
public sealed class CatPointTests
{
    private static readonly Id128 Probe = new(0x77);
    private static readonly Id128[] Boots = [Boot, new(0xB1), new(0xB2)];

    [Fact]
    public async Task Shuffled_with_duplicates_reboots_and_a_wrong_clock_it_reads_as_in_one_piece()
    {
        (long Utc, double Ph, double Celsius)[] rows = [.. Read().Take(4000)];
        await using DeriveFixture batch = await OpenAsync();
        await DeclareBootsAsync(batch);
        await SubmitAsync(batch, [.. rows.SelectMany(row => Rows(rows[0].Utc, row, rows))], 1_000_000);
        foreach (FactBody body in Facts(rows, out _))
        {
            batch.State(body);
        }

        (long[] Utc, double[] Value, byte[] Flag) expected = All(batch);

        for (int seed = 1; seed <= 2; seed++)
        {
            await using DeriveFixture live = await OpenAsync();
            await DeclareBootsAsync(live);
            var random = new Random(seed);
            List<Sample> samples = [.. rows.SelectMany(row => Rows(rows[0].Utc, row, rows))];
            samples.AddRange([.. samples.Where(_ => random.Next(100) == 0)]);
            Sample[] shuffled = [.. samples];
            random.Shuffle(shuffled);

            // The hub first believes a clock that is years off; the truth comes with the facts, in any order, while rows come in.
            Fact wrong = live.State(new UtcAnchor(Boots[0], 0, rows[0].Utc - (7 * 365L * 86_400 * Second), 60 * Second, "rtc"));
            FactBody[] facts = [.. Facts(rows, out FactBody[] dependent)];
            int at = 0;
            foreach (Sample[] part in shuffled.Chunk(1 + (shuffled.Length / 12)))
            {
                await SubmitAsync(live, part, 700);
                _ = All(live);
                if (at < facts.Length - dependent.Length)
                {
                    live.State(facts[at++]);
                }
            }

            live.Log.Merge(batch.Log.Current.Effective.Where(fact => fact.Body is Calibration or CalibrationCheck or DriftSpread));
            while (at < facts.Length - dependent.Length)
            {
                live.State(facts[at++]);
            }

            live.Withdraw(wrong);

            (long[] utc, double[] value, byte[] flag) = All(live);
            Assert.Equal(expected.Utc, utc);
            Assert.Equal(Array.ConvertAll(expected.Value, BitConverter.DoubleToInt64Bits), Array.ConvertAll(value, BitConverter.DoubleToInt64Bits));
            Assert.Equal(expected.Flag, flag);
        }

        Assert.Contains((byte)2, expected.Flag);
        Assert.True(expected.Value.Count(double.IsNaN) < expected.Value.Length / 10);
        Assert.Equal(expected.Utc.Order(), expected.Utc);
    }

    [Fact]
    public async Task Its_flags_do_not_depend_on_the_way_either()
    {
        (long Utc, double Ph, double Celsius)[] rows = [.. Read().Take(4000)];
        DeriveFixture live = await OpenAsync();
        await DeclareBootsAsync(live);
        var random = new Random(5);
        List<Sample> samples = [.. rows.SelectMany(row => Rows(rows[0].Utc, row, rows))];
        samples.AddRange([.. samples.Where(_ => random.Next(100) == 0)]);
        Sample[] shuffled = [.. samples];
        random.Shuffle(shuffled);
        foreach ((string port, string quantity, string unit) in ((string, string, string)[])[("ph", "ph", "[pH]"), ("temp", "water_temperature", "Cel")])
        {
            var input = new Wire.V1.Input { Port = port, Quantity = quantity, UnitUcum = unit, IntervalUs = 900 * Second };
            Assert.True(live.Fleet.ReportBirth(Owner, new Wire.V1.Birth { Catalogs = { new Wire.V1.Catalog { Inputs = { input } } } }));
        }

        Fact wrong = live.State(new UtcAnchor(Boots[0], 0, rows[0].Utc - (7 * 365L * 86_400 * Second), 60 * Second, "rtc"));
        await using QualityFixture hub = await QualityFixture.OverAsync(live);
        FactBody[] facts = [.. Facts(rows, out _)];
        foreach ((Sample[] part, int index) in shuffled.Chunk(1 + (shuffled.Length / facts.Length)).Select((part, index) => (part, index)))
        {
            await SubmitAsync(live, part, 700);
            live.State(facts[index]);
        }

        live.Withdraw(wrong);
        await hub.SettledAsync();

        byte[] temperature = [.. hub.Rows("temp").Select(row => row.Machine)];
        Assert.Equal(hub.Whole("temp"), temperature);
        byte[] ph = [.. hub.Rows("ph").Select(row => row.Machine)];
        Assert.Equal(WithInput(hub.Whole("ph"), hub.Rows("temp")), ph);
        Assert.NotEqual(hub.Whole("ph"), ph);
        foreach (byte[] found in (byte[][])[temperature, ph])
        {
            Assert.Equal(rows.Length, found.Length);
            Assert.True(found.Count(flag => flag == 1) > found.Length / 2 && found.Any(flag => flag is 3 or 4));
        }
    }

    /// <summary>The flag of the newest temperature with a value travels to the pH of the same moment; both have rows at the same times.</summary>
    private static byte[] WithInput(byte[] ph, List<FlaggedRow> temperatures)
    {
        byte newest = 1;
        var joined = new byte[ph.Length];
        for (int i = 0; i < ph.Length; i++)
        {
            newest = double.IsNaN(temperatures[i].Value) ? newest : temperatures[i].Flag;
            joined[i] = ph[i] == 9 || newest is not (3 or 4) ? ph[i] : (byte)QcFlags.Stronger((QcFlag)ph[i], (QcFlag)newest);
        }

        return joined;
    }

    private readonly record struct Sample(int BootIndex, string Port, string Quantity, string Unit, long TUs, double Raw);

    /// <summary>Which third of the series a row lies in is its boot; each boot's clock began at 0.</summary>
    private static IEnumerable<Sample> Rows(long firstUtc, (long Utc, double Ph, double Celsius) row, (long Utc, double Ph, double Celsius)[] all)
    {
        long span = all[^1].Utc - firstUtc + 1;
        int boot = (int)((row.Utc - firstUtc) * 3 / span);
        long tUs = row.Utc - firstUtc - (boot * (span / 3)) + Second;
        yield return new Sample(boot, "ph", "ph", "[pH]", tUs, row.Ph);
        yield return new Sample(boot, "temp", "water_temperature", "Cel", tUs, row.Celsius);
    }

    private static List<FactBody> Facts((long Utc, double Ph, double Celsius)[] rows, out FactBody[] dependent)
    {
        long first = rows[0].Utc;
        long span = rows[^1].Utc - first + 1;
        var method = new CalibrationMethod(CalibrationForm.Ph, [], [], [new Compensation(CompensationRole.Temperature, "water_temperature", 1800 * Second, 20)], ResidualSd: 0.02);
        var calibration = new Calibration(Probe, "ph", "", "", "", 1.01, -0.05, Instant.AtUtc(0), "", method);
        dependent = [calibration];
        return
        [
            new UtcAnchor(Boots[1], 0, first + (span / 3) - Second, 20_000, "gps"),
            new Deployment(Agent, "ph", Probe, "", "", Instant.AtUtc(0)),
            new UtcAnchor(Boots[0], 0, first - Second, 20_000, "gps"),
            new UtcAnchor(Boots[2], 0, first + (2 * (span / 3)) - Second, 20_000, "gps"),
            calibration,
        ];
    }

    private static async Task DeclareBootsAsync(DeriveFixture hub)
    {
        await hub.DeclareAsync(Agent, Boots[1], BootKind.Device, 2, Boots[0]);
        await hub.DeclareAsync(Agent, Boots[2], BootKind.Device, 3, Boots[1]);
    }

    private static async Task SubmitAsync(DeriveFixture hub, Sample[] samples, int atOnce)
    {
        foreach (Sample[] part in samples.Chunk(Math.Min(atOnce, 5_000)))
        {
            foreach (IGrouping<(int, string, string, string), Sample> group in part.GroupBy(row => (row.BootIndex, row.Port, row.Quantity, row.Unit)))
            {
                await hub.RowsAsync(Agent, Boots[group.Key.Item1], group.Key.Item2, group.Key.Item3, group.Key.Item4, [.. group.Select(row => (row.TUs, row.Raw))]);
            }
        }
    }

    private static (long[] Utc, double[] Value, byte[] Flag) All(DeriveFixture hub)
    {
        (List<long> utc, List<double> value, List<byte> flag) = ([], [], []);
        Derivation derivation = hub.Book.Current;
        foreach (Id128 boot in Boots)
        {
            if (hub.Store.Dictionary.TryFind(new BootId(boot.Value), Owner, new InputDeclaration("ph", "ph", "[pH]", 0), out SeriesId series))
            {
                (double[] values, byte[] flags, long[] times) = hub.Read(derivation, series);
                value.AddRange(values);
                flag.AddRange(flags);
                utc.AddRange(times);
            }
        }

        return ([.. utc], [.. value], [.. flag]);
    }

    private static IEnumerable<(long Utc, double Ph, double Celsius)> Read()
    {
        string file = Path.Combine(Clone.Root, "samples", "data", "cat-point.csv.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        string[] header = reader.ReadLine()!.Split(',');
        (int ph, int temp) = (Array.IndexOf(header, "ph"), Array.IndexOf(header, "temp"));
        while (reader.ReadLine() is { } line)
        {
            string[] cells = line.Split(',');
            long utc = DateTimeOffset.Parse(cells[0], CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() * 1000;
            yield return (utc, Number(cells[ph]), Number(cells[temp]));
        }
    }

    private static double Number(string cell) => cell.Length == 0 ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture);
}
