using System.Text;

namespace StemLab.Hub.Web;

public sealed class ScriptRemarksTests
{
    [Fact]
    public void Lines_of_remarks_go_code_stays_as_it_is()
    {
        const string Script = """
            // @ts-check
            /** What it does. @param {string} a */
            export function one(a) {
              // why
              const b = /** @type {any} */ (a); // beside code
              /** @type {HTMLElement} */ (b).hidden = true;
              return `https://${b}`;
            }
            /**
             * More lines.
             */
            const url = 'a//b';
            """;

        var left = Encoding.UTF8.GetString(ScriptRemarks.Without(Encoding.UTF8.GetBytes(Script)));

        Assert.Equal(
            """
            export function one(a) {
            const b = (a); // beside code
            (b).hidden = true;
            return `https://${b}`;
            }
            const url = 'a//b';

            """,
            left);
    }

    [Fact]
    public void No_text_of_our_scripts_goes_over_lines_where_what_it_is_set_in_by_would_be_lost()
    {
        var assembly = typeof(ScriptRemarks).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith("assets/", StringComparison.Ordinal) && !name.StartsWith("assets/vendor/", StringComparison.Ordinal) && name.EndsWith(".js", StringComparison.Ordinal)))
        {
            using var script = new StreamReader(assembly.GetManifestResourceStream(name)!);
            Assert.All(script.ReadToEnd().Split('\n'), line => Assert.True(line.Count(letter => letter == '`') % 2 == 0, $"{name}: {line}"));
        }
    }
}
