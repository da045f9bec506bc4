namespace StemLab.Pages;

/// <summary>All page tests share one browser and one demo, and run one after the other: two cores draw no faster than one.</summary>
[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<Browser>, ICollectionFixture<Demo>
{
    public const string Name = "pages";
}
