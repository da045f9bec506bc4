[assembly: AssemblyFixture(typeof(StemLab.Pages.Browser))]

namespace StemLab.Pages;

/// <summary>Tests over the demo share it and run one after the other; those with hubs of their own (<see cref="OwnHubTests"/>) run beside them: while a page of one waits for a reading, a page of the other draws. All share one browser.</summary>
[CollectionDefinition(Name)]
public sealed class PageTests : ICollectionFixture<Demo>
{
    public const string Name = "pages";
}

/// <summary>Tests that start hubs of their own, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class OwnHubTests
{
    public const string Name = "own hubs";
}
