using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using StemLab.V1;

namespace StemLab.Hub.Export;

/// <summary>A NetCDF file of a version, as it was written.</summary>
/// <param name="Variable">Name of the value's variable.</param>
/// <param name="Moves">It is a trajectory.</param>
internal readonly record struct NetCdfPart(string FileName, string Property, string Variable, bool Moves);

/// <summary>The fragment that an ERDDAP server's datasets.xml takes for the NetCDF files of a version. Pure.</summary>
internal static class Erddap
{
    public static string Fragment(FrozenVersion version, IEnumerable<NetCdfPart> parts)
    {
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, NewLineChars = "\n" }))
        {
            xml.WriteComment(" Put the .nc files into one folder, name it in fileDir, and paste this into datasets.xml. ");
            xml.WriteWhitespace("\n");
            foreach (NetCdfPart part in parts)
            {
                Dataset(xml, version, part);
                xml.WriteWhitespace("\n");
            }
        }

        return text.ToString();
    }

    private static void Dataset(XmlWriter xml, FrozenVersion version, NetCdfPart part)
    {
        DatasetVersion about = version.About;
        xml.WriteStartElement("dataset");
        xml.WriteAttributeString("type", "EDDTableFromNcCFFiles");
        xml.WriteAttributeString("datasetID", Regex.Replace($"{version.Stem}_{part.Variable}", "[^A-Za-z0-9_]", "_"));
        xml.WriteAttributeString("active", "true");
        xml.WriteElementString("reloadEveryNMinutes", "10080");
        xml.WriteElementString("fileDir", $"/path/to/{version.Stem}/");
        xml.WriteElementString("fileNameRegex", Regex.Escape(part.FileName));
        xml.WriteElementString("recursive", "false");
        xml.WriteElementString("metadataFrom", "last");
        xml.WriteElementString("fileTableInMemory", "false");
        xml.WriteStartElement("addAttributes");
        Attribute(xml, "cdm_data_type", part.Moves ? "Trajectory" : "TimeSeries");
        Attribute(xml, part.Moves ? "cdm_trajectory_variables" : "cdm_timeseries_variables", part.Moves ? "instance_name" : "instance_name, latitude, longitude");
        Attribute(xml, "subsetVariables", part.Moves ? "instance_name" : "instance_name, latitude, longitude");
        Attribute(xml, "infoUrl", about.Dataset.Doi.Length > 0 ? $"https://doi.org/{about.Dataset.Doi}" : "https://spdx.org/licenses/" + about.Dataset.Licence + ".html");
        Attribute(xml, "sourceUrl", "(local files)");
        xml.WriteEndElement();
        (string Name, string Type, string Category)[] variables =
        [
            ("instance_name", "String", "Identifier"), ("latitude", "double", "Location"), ("longitude", "double", "Location"), ("time", "double", "Time"), ("time_uncertainty", "double", "Statistics"),
            (part.Variable, "double", Category(part.Property)), ($"{part.Variable}_uncertainty", "double", "Statistics"), ($"{part.Variable}_raw", "double", "Unknown"),
            ($"{part.Variable}_qc", "byte", "Quality"), ($"{part.Variable}_qc_tests", "byte", "Quality"), ($"{part.Variable}_qc_person", "byte", "Quality"),
        ];
        foreach ((string name, string type, string category) in variables)
        {
            xml.WriteStartElement("dataVariable");
            xml.WriteElementString("sourceName", name);
            xml.WriteElementString("destinationName", name);
            xml.WriteElementString("dataType", type);
            xml.WriteStartElement("addAttributes");
            Attribute(xml, "ioos_category", category);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value)
    {
        xml.WriteStartElement("att");
        xml.WriteAttributeString("name", name);
        xml.WriteString(value);
        xml.WriteEndElement();
    }

    /// <summary>One of the categories ERDDAP knows.</summary>
    private static string Category(string property) =>
        property.Contains("temperature", StringComparison.Ordinal) ? "Temperature"
        : property.Contains("salinity", StringComparison.Ordinal) ? "Salinity"
        : property.Contains("oxygen", StringComparison.Ordinal) ? "Dissolved O2"
        : property.Contains("pressure", StringComparison.Ordinal) ? "Pressure"
        : property.Contains("turbidity", StringComparison.Ordinal) ? "Optical Properties"
        : "Unknown";
}
