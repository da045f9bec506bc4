using System.Collections.Immutable;
using System.Text;
using StemLab.Science.Properties;
using StemLab.V1;
using ObservedProperty = StemLab.Science.Properties.ObservedProperty;

namespace StemLab.Hub.Export;

/// <summary>
/// One NetCDF file a property, CF-1.8 discrete sampling geometry: its channels one after another (contiguous ragged array), timeSeries where each stays at a place,
/// trajectory where one moved; and a fragment for an ERDDAP server. Values, raw values, uncertainties, times with their bounds, and all three flags. Rows whose time nobody knows are left out and counted.
/// </summary>
internal sealed class NetCdfWriter : IExportWriter
{
    private const double Fill = 9.969209968386869e36;
    private const string FlagMeanings = "pass not_evaluated suspect fail missing";

    private static readonly byte[] FlagValues = [1, 2, 3, 4, 9];

    public DatasetFormat Format => DatasetFormat.Netcdf;

    public IReadOnlyList<string> Write(FrozenVersion version, string folder, Action<long> written, CancellationToken cancellationToken)
    {
        var properties = version.Tables.Channels.Select((channel, number) => (channel, number)).GroupBy(of => (of.channel.Property, of.channel.UnitUcum)).ToList();
        var names = properties.Select((of, i) => $"{version.Stem}-{FileName(of.Key.Property)}{(properties.Take(i).Any(before => before.Key.Property == of.Key.Property) ? $"-{i}" : "")}.nc").ToList();
        var known = KnownRows(version, cancellationToken);
        var files = new PropertyFile[version.Tables.Channels.Length];
        var open = new List<PropertyFile>();
        try
        {
            for (int i = 0; i < properties.Count; i++)
            {
                var file = new PropertyFile(version, Path.Combine(folder, names[i]), properties[i].Key.Property, properties[i].Key.UnitUcum, [.. properties[i].Select(of => of.number)], known);
                open.Add(file);
                foreach ((_, int number) in properties[i])
                {
                    files[number] = file;
                }
            }

            long done = 0;
            foreach (ExportRows rows in version.Rows())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (version.StretchOf(rows).HasTime)
                {
                    files[rows.Channel].Add(rows);
                }

                written(done += rows.Count);
            }
        }
        finally
        {
            open.ForEach(file => file.Dispose());
        }

        string fragment = $"{version.Stem}-erddap.xml";
        File.WriteAllText(Path.Combine(folder, fragment), Erddap.Fragment(version, properties.Select((of, i) => new NetCdfPart(names[i], of.Key.Property, FileName(of.Key.Property), open[i].Moves))));
        return [.. names, fragment];
    }

    private static string FileName(string property) => string.Concat(property.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_'));

    /// <summary>Rows with a time, by channel; one quick pass, since the header needs them.</summary>
    private static long[] KnownRows(FrozenVersion version, CancellationToken cancellationToken)
    {
        if (version.Tables.Stretches.All(stretch => stretch.HasTime))
        {
            return [.. version.Tables.Channels.Select(channel => channel.Rows)];
        }

        var known = new long[version.Tables.Channels.Length];
        foreach (ExportRows rows in version.Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            known[rows.Channel] += version.StretchOf(rows).HasTime ? rows.Count : 0;
        }

        return known;
    }

    /// <summary>One file while it is written.</summary>
    private sealed class PropertyFile : IDisposable
    {
        private readonly NetCdfFile _file;
        private readonly FrozenVersion _version;
        private readonly Dictionary<int, long> _next = [];
        private readonly bool _moves;
        private double[] _numbers = [];

        public PropertyFile(FrozenVersion version, string path, string property, string unit, ImmutableArray<int> channels, long[] known)
        {
            _version = version;
            long rows = channels.Sum(number => known[number]);
            if (rows > int.MaxValue)
            {
                throw new InvalidDataException($"{property} has {rows} readings; a NetCDF-3 file holds at most {int.MaxValue}. Choose a shorter time");
            }

            _moves = channels.Any(number => version.StretchesOf(number).Any(stretch => stretch.OnTrack) || PlacesOf(version, number).Count() > 1);
            ImmutableArray<string> ids = [.. channels.Select(number => $"{version.Tables.Channels[number].Station}:{version.Tables.Channels[number].Port}")];
            int longest = Math.Max(1, ids.Max(id => Encoding.UTF8.GetByteCount(id)));
            _file = new NetCdfFile(path, [("instance", channels.Length), ("obs", (int)rows), ("name_strlen", longest)], Globals(version, property, channels), Variables(version, property, unit, channels));
            WriteInstances(channels, ids, longest, known);
        }

        /// <summary>It holds places that change.</summary>
        public bool Moves => _moves;

        public void Add(ExportRows rows)
        {
            long at = _next[rows.Channel];
            int n = rows.Count;
            _numbers = _numbers.Length < n ? new double[rows.UtcUs.Length] : _numbers;
            FrozenStretch stretch = _version.StretchOf(rows);
            for (int i = 0; i < n; i++)
            {
                _numbers[i] = rows.UtcUs[i] / 1e6;
            }

            _file.Write(Time, at, _numbers.AsSpan(0, n));
            for (int i = 0; i < n; i++)
            {
                _numbers[i] = rows.SigmaUs[i] == long.MaxValue ? Fill : rows.SigmaUs[i] / 1e6;
            }

            _file.Write(TimeBound, at, _numbers.AsSpan(0, n));
            _file.Write(Value, at, Filled(rows.Value, n));
            _file.Write(Uncertainty, at, Filled(rows.Uncertainty, n));
            _file.Write(Raw, at, Filled(rows.Raw, n));
            _file.Write(Flag, at, rows.Flag.AsSpan(0, n));
            _file.Write(FlagTests, at, rows.MachineFlag.AsSpan(0, n));
            _file.Write(FlagPerson, at, rows.HumanFlag.AsSpan(0, n));
            if (_moves)
            {
                _file.Write(Latitude, at, Places(rows.Latitude, stretch.OnTrack, stretch.Latitude, n));
                _file.Write(Longitude, at, Places(rows.Longitude, stretch.OnTrack, stretch.Longitude, n));
            }

            _next[rows.Channel] = at + n;
        }

        public void Dispose() => _file.Dispose();

        private const int RowSize = 0;
        private const int Name = 1;
        private const int Latitude = 2;
        private const int Longitude = 3;
        private const int Time = 4;
        private const int TimeBound = 5;
        private const int Value = 6;
        private const int Uncertainty = 7;
        private const int Raw = 8;
        private const int Flag = 9;
        private const int FlagTests = 10;
        private const int FlagPerson = 11;

        private static IEnumerable<(double? Latitude, double? Longitude)> PlacesOf(FrozenVersion version, int channel) =>
            version.StretchesOf(channel).Select(stretch => (stretch.Latitude, stretch.Longitude)).Distinct();

        private Span<double> Places(double[] values, bool onTrack, double? one, int n)
        {
            if (onTrack)
            {
                return Filled(values, n);
            }

            _numbers.AsSpan(0, n).Fill(one ?? Fill);
            return _numbers.AsSpan(0, n);
        }

        private Span<double> Filled(double[] values, int n)
        {
            for (int i = 0; i < n; i++)
            {
                _numbers[i] = double.IsNaN(values[i]) ? Fill : values[i];
            }

            return _numbers.AsSpan(0, n);
        }

        private void WriteInstances(ImmutableArray<int> channels, ImmutableArray<string> ids, int longest, long[] known)
        {
            long at = 0;
            for (int i = 0; i < channels.Length; i++)
            {
                byte[] id = new byte[longest];
                Encoding.UTF8.GetBytes(ids[i], id);
                _file.Write(RowSize, i, [(int)known[channels[i]]]);
                _file.Write(Name, (long)i * longest, id);
                if (!_moves)
                {
                    (double? latitude, double? longitude) = PlacesOf(_version, channels[i]).FirstOrDefault();
                    _file.Write(Latitude, i, [latitude ?? Fill]);
                    _file.Write(Longitude, i, [longitude ?? Fill]);
                }

                _next[channels[i]] = at;
                at += known[channels[i]];
            }
        }

        private NetCdfVariable[] Variables(FrozenVersion version, string property, string unit, ImmutableArray<int> channels)
        {
            ObservedProperty? registered = ObservedProperties.Default.Find(property);
            string name = FileName(property);
            string cfUnit = registered is not null && registered.UnitUcum == unit ? registered.CfUnits : unit;
            string title = registered?.NameEn ?? property;
            int[] instance = [0];
            int[] obs = [1];
            int[] place = _moves ? obs : instance;
            string place4 = _moves ? "time latitude longitude" : "time latitude longitude instance_name";
            string rawUnits = string.Join(" or ", channels.SelectMany(version.StretchesOf).Select(stretch => stretch.RawUnit).Where(text => text.Length > 0).Distinct().Take(4));
            List<(string, object)> value =
            [
                ("long_name", title), ("units", cfUnit), ("_FillValue", Fill), ("coordinates", place4), ("ancillary_variables", $"{name}_qc {name}_uncertainty"), ("coverage_content_type", "physicalMeasurement"),
            ];
            if (registered?.CfStandardName is { } standard)
            {
                value.Insert(0, ("standard_name", standard));
            }

            return
            [
                new("row_size", NetCdfType.Int, instance, [("long_name", "number of readings of this channel"), ("sample_dimension", "obs")]),
                new("instance_name", NetCdfType.Char, [0, 2], [("long_name", "station and port"), ("cf_role", _moves ? "trajectory_id" : "timeseries_id")]),
                new("latitude", NetCdfType.Double, place, [("standard_name", "latitude"), ("units", "degrees_north"), ("_FillValue", Fill), .. Axis("Y")]),
                new("longitude", NetCdfType.Double, place, [("standard_name", "longitude"), ("units", "degrees_east"), ("_FillValue", Fill), .. Axis("X")]),
                new("time", NetCdfType.Double, obs, [("standard_name", "time"), ("units", "seconds since 1970-01-01T00:00:00Z"), ("calendar", "standard"), .. Axis("T"), ("ancillary_variables", "time_uncertainty"), ("coverage_content_type", "coordinate")]),
                new("time_uncertainty", NetCdfType.Double, obs, [("long_name", "half width of a bound that holds in 99.9 % of cases"), ("units", "s"), ("_FillValue", Fill), ("coverage_content_type", "auxiliaryInformation")]),
                new(name, NetCdfType.Double, obs, value),
                new($"{name}_uncertainty", NetCdfType.Double, obs, [("long_name", $"standard uncertainty of {title}, from calibration and drift"), ("units", cfUnit), ("_FillValue", Fill), ("coverage_content_type", "qualityInformation")]),
                new($"{name}_raw", NetCdfType.Double, obs, [("long_name", $"what the probe gave, before calibration"), ("comment", rawUnits.Length > 0 ? $"UCUM unit: {rawUnits}" : "unit as the probe gives it"), ("_FillValue", Fill), ("coverage_content_type", "physicalMeasurement")]),
                .. new[] { ("qc", "aggregate_quality_flag", "flag that counts: a person's where there is one, else the tests'"), ("qc_tests", "", "flag of the automatic tests (QARTOD)"), ("qc_person", "", "flag a person gave; 0 = nobody did") }
                    .Select(flag => new NetCdfVariable($"{name}_{flag.Item1}", NetCdfType.Byte, obs, FlagAttributes(flag.Item2, flag.Item3, flag.Item1 == "qc_person"))),
            ];
        }

        private static List<(string, object)> FlagAttributes(string standard, string title, bool isPerson)
        {
            List<(string, object)> attributes =
            [
                ("long_name", title),
                ("flag_values", isPerson ? (byte[])[0, .. FlagValues[..4]] : FlagValues),
                ("flag_meanings", isPerson ? "nobody " + FlagMeanings[..FlagMeanings.LastIndexOf(' ')] : FlagMeanings),
                ("coverage_content_type", "qualityInformation"),
            ];
            if (standard.Length > 0)
            {
                attributes.Insert(0, ("standard_name", standard));
            }

            return attributes;
        }

        private (string, object)[] Axis(string axis) => _moves || axis == "T" ? [("axis", axis)] : [];

        private List<(string Name, object Value)> Globals(FrozenVersion version, string property, ImmutableArray<int> channels) =>
            [.. DatasetWords.Acdd(version, property, channels, _moves ? "trajectory" : "timeSeries").Select(one => (one.Name, one.Value))];
    }
}
