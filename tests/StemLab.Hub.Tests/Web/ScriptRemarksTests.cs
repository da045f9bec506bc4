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
              const b = /** @type {any} */ (a); // beside code
              /** @type {HTMLElement} */ (b).hidden = true;
              return `https://${b}`;
            }
            const url = 'a//b';

            """,
            left);
    }
}
