using StemLab.Hub.Operations;
using StemLab.TestKit;

namespace StemLab.Hub.Updating;

/// <summary>What lies in the folder of programs for agents: both forms the packaging makes, the newest first.</summary>
public sealed class PackageShelfTests
{
    [Fact]
    public void Both_forms_of_a_package_are_offered_the_newest_first_and_anything_else_is_none()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("agent-packages"));
        foreach (var name in (string[])["stemlab-agent-1.9.0-linux-arm64.tar.gz", "stemlab-agent_1.10.0_arm64.deb", "stemlab-agent-1.9.0-linux-x64.tar.gz", "stemlab-agent_1.9.0_amd64.deb", "stemlab-agent_2.0.0_armhf.deb", "stemlab_2.0.0_amd64.deb", "SHA256SUMS", "stemlab-agent_1.0.0;x_amd64.deb"])
        {
            File.WriteAllText(folder.File($"agent-packages/{name}"), name);
        }

        var shelf = new PackageShelf(new HubOptions { DataFolder = folder.Path });
        Assert.Equal(
            ["stemlab-agent_1.10.0_arm64.deb", "stemlab-agent-1.9.0-linux-arm64.tar.gz", "stemlab-agent-1.9.0-linux-x64.tar.gz", "stemlab-agent_1.9.0_amd64.deb"],
            shelf.All().Select(package => package.FileName));
        Assert.Equal(("1.10.0", "linux-arm64"), (shelf.Newest("linux-arm64")!.Version, shelf.Newest("linux-arm64")!.Platform));
        Assert.EndsWith(".tar.gz", shelf.Newest("linux-x64")!.FileName, StringComparison.Ordinal);
        Assert.Null(shelf.Newest("linux-arm"));
    }
}
