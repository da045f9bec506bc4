using System.Collections.Immutable;

namespace StemLab.Hub.Classroom;

/// <summary>Animals of the bay that lend students their names. Immutable.</summary>
internal static class BayAnimals
{
    /// <summary>Key, English, Vietnamese. The key stands in the audit log and never changes its meaning.</summary>
    public static ImmutableArray<(string Key, string English, string Vietnamese)> All { get; } =
    [
        ("octopus", "Octopus", "Bạch tuộc"), ("seahorse", "Seahorse", "Cá ngựa"), ("dolphin", "Dolphin", "Cá heo"), ("turtle", "Sea turtle", "Rùa biển"), ("crab", "Crab", "Cua"),
        ("shrimp", "Shrimp", "Tôm"), ("squid", "Squid", "Mực ống"), ("cuttlefish", "Cuttlefish", "Mực nang"), ("jellyfish", "Jellyfish", "Sứa"), ("starfish", "Starfish", "Sao biển"),
        ("urchin", "Sea urchin", "Nhím biển"), ("oyster", "Oyster", "Hàu"), ("clam", "Clam", "Ngao"), ("mussel", "Mussel", "Vẹm"), ("scallop", "Scallop", "Điệp"),
        ("conch", "Conch", "Ốc tù và"), ("hermit", "Hermit crab", "Ốc mượn hồn"), ("lobster", "Lobster", "Tôm hùm"), ("grouper", "Grouper", "Cá mú"), ("snapper", "Snapper", "Cá hồng"),
        ("mackerel", "Mackerel", "Cá thu"), ("anchovy", "Anchovy", "Cá cơm"), ("mullet", "Mullet", "Cá đối"), ("goby", "Goby", "Cá bống"), ("puffer", "Pufferfish", "Cá nóc"),
        ("clownfish", "Clownfish", "Cá hề"), ("ray", "Ray", "Cá đuối"), ("eel", "Eel", "Cá lạc"), ("flyingfish", "Flying fish", "Cá chuồn"), ("mudskipper", "Mudskipper", "Cá thòi lòi"),
        ("coral", "Coral", "San hô"), ("anemone", "Anemone", "Hải quỳ"), ("seacucumber", "Sea cucumber", "Hải sâm"), ("nautilus", "Nautilus", "Ốc anh vũ"), ("horseshoe", "Horseshoe crab", "Sam biển"),
        ("egret", "Egret", "Cò trắng"), ("kingfisher", "Kingfisher", "Bói cá"), ("seaeagle", "Sea eagle", "Đại bàng biển"), ("tern", "Tern", "Nhàn biển"), ("cormorant", "Cormorant", "Cốc đế"),
        ("langur", "Langur", "Voọc Cát Bà"), ("otter", "Otter", "Rái cá"), ("dugong", "Dugong", "Bò biển"), ("barnacle", "Barnacle", "Hà biển"), ("sponge", "Sponge", "Bọt biển"),
        ("sardine", "Sardine", "Cá trích"), ("tuna", "Tuna", "Cá ngừ"), ("cobia", "Cobia", "Cá bớp"),
    ];

    /// <summary>The first alias nobody of the session has, beginning at a random animal; with a number when all are taken.</summary>
    public static string NotIn(IReadOnlySet<string> taken, int begin)
    {
        for (var round = 1; ; round++)
        {
            for (var i = 0; i < All.Length; i++)
            {
                var key = All[(begin + i) % All.Length].Key;
                var alias = round == 1 ? key : $"{key}-{round}";
                if (!taken.Contains(alias))
                {
                    return alias;
                }
            }
        }
    }

    /// <summary>The alias for people.</summary>
    public static string NameOf(string alias, string language)
    {
        var parts = alias.Split('-');
        var animal = All.FirstOrDefault(one => one.Key == parts[0]);
        var name = (language == "vi" ? animal.Vietnamese : animal.English) ?? alias;
        return parts.Length > 1 ? $"{name} {parts[1]}" : name;
    }
}
