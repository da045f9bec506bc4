using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;
using StemLab.Hub.Access;
using StemLab.Hub.Api;
using StemLab.Hub.Fleet;
using StemLab.Hub.TimeKeeping;
using StemLab.V1;
using StemLab.Wire;
using StemLab.Wire.V1;

namespace StemLab.Hub.Enrolling;

public sealed class KnockTests
{
    private static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_board_waits_until_a_person_accepts_it_and_only_its_key_opens_the_answer()
    {
        await using var hub = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        using var neighbour = new Knocker(hub);
        Assert.Equal(KnockResponse.Types.State.Waiting, (await board.KnockAsync()).State);
        var knock = Assert.Single(await WaitingAsync(board));
        await board.Service.AcceptKnockAsync(new AcceptKnockRequest { Name = knock.Name, Slug = "pond" }, cancellationToken: Cancelled);

        var answer = await board.KnockAsync();
        Assert.Equal(KnockResponse.Types.State.Accepted, answer.State);
        var letter = board.Open(answer)!;
        Assert.True(hub.Get<FleetBook>().TryAuthenticate(letter.Token, out var agent));
        Assert.Equal(new Id128(agent.Value).ToByteString(), letter.AgentId);
        Assert.Null(neighbour.Open(answer));
        Assert.DoesNotContain(letter.Token, answer.ToString(), StringComparison.Ordinal);
        Assert.Contains(hub.Get<AuditLog>().Read(10), entry => entry.Action == "agent.accept");
    }

    [Fact]
    public async Task A_board_is_told_once_to_ask_its_buses_and_the_list_says_until_when_it_looks()
    {
        await using var hub = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        Assert.False((await board.KnockAsync()).FindProbes);
        var knock = Assert.Single(await WaitingAsync(board));
        Assert.False(knock.FindingProbes);
        await board.Service.FindKnockProbesAsync(new FindKnockProbesRequest { Name = knock.Name }, cancellationToken: Cancelled);
        Assert.True(Assert.Single(await WaitingAsync(board)).FindingProbes);
        Assert.True((await board.KnockAsync()).FindProbes);
        Assert.True(Assert.Single(await WaitingAsync(board)).FindingProbes);
        Assert.False((await board.KnockAsync(letter => letter.Probes.Add(new StemLab.Wire.V1.DetectedProbe { Kind = "ezo-ph", Bus = 1, Address = 99, Description = "EZO pH" }))).FindProbes);
        var found = Assert.Single(await WaitingAsync(board));
        Assert.False(found.FindingProbes);
        Assert.Equal("ezo-ph", Assert.Single(found.Probes).Kind);
        Assert.Equal(StatusCode.NotFound, await StatusAsync(async () => await board.Service.FindKnockProbesAsync(new FindKnockProbesRequest { Name = "knocks/0000000000000000" }, cancellationToken: Cancelled)));
    }

    [Fact]
    public async Task A_letter_that_was_overheard_is_good_for_nothing()
    {
        await using var hub = await HubFixture.StartAsync();
        await using var other = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        using var there = new Knocker(other);
        using var thief = new Knocker(hub);
        var letter = await board.WriteAsync();
        await board.SendAsync(letter);
        await board.Service.AcceptKnockAsync(new AcceptKnockRequest { Name = Assert.Single(await WaitingAsync(board)).Name, Slug = "pond" }, cancellationToken: Cancelled);
        var token = board.Open(await board.KnockAsync())!.Token;

        // Sent again, the answer stays the same token, sealed to the board.
        var again = await thief.SendAsync(letter);
        Assert.Null(thief.Open(again));
        Assert.Equal(token, board.Open(again)!.Token);

        // To another hub, with another's signature, changed, without one: refused.
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => there.SendAsync(letter)));
        var changed = KnockLetter.Parser.ParseFrom(letter.Letter);
        changed.Board = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => thief.SendAsync(thief.Sign(changed))));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => thief.SendAsync(new KnockRequest { Letter = changed.ToByteString(), Signature = letter.Signature })));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => thief.SendAsync(new KnockRequest { Letter = letter.Letter })));

        // With a challenge this hub never gave: greet first.
        Assert.Equal(KnockResponse.Types.State.Stale, (await board.KnockAsync(old => old.Challenge = ByteString.CopyFrom(new byte[32]))).State);
        Assert.True(hub.Get<FleetBook>().TryAuthenticate(token, out _));
    }

    [Fact]
    public async Task A_flood_of_boards_fills_no_more_than_its_share_of_the_list()
    {
        await using var hub = await HubFixture.StartAsync();
        var enroller = hub.Get<Enroller>();
        var id = hub.Clock.HubId;
        for (var i = 0; i < KnockBook.MostPerAddress + 5; i++)
        {
            Take("192.168.1.66");
        }

        using var board = new Knocker(hub);
        Assert.Equal(KnockResponse.Types.State.Waiting, (await board.KnockAsync()).State);
        var listed = await board.Service.ListKnocksAsync(new ListKnocksRequest(), cancellationToken: Cancelled);
        Assert.Equal((KnockBook.MostPerAddress + 1, 5), (listed.Knocks.Count, listed.TurnedAway));

        void Take(string address)
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var letter = new KnockLetter
            {
                PublicKey = ByteString.CopyFrom(key.ExportSubjectPublicKeyInfo()),
                HubId = id.ToByteString(),
                Board = ByteString.CopyFrom(new byte[32]),
                Challenge = ByteString.CopyFrom(hub.Get<Challenges>().Current),
                BoardModel = "<script>alert(1)</script>\r\n" + new string('x', 5000),
            }.ToByteArray();
            Assert.NotNull(enroller.Take(letter, key.SignData(letter, HashAlgorithmName.SHA256), [], address, false));
        }
    }

    [Fact]
    public async Task Junk_is_no_letter()
    {
        await using var hub = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        var random = new Random(3);
        for (var i = 0; i < 60; i++)
        {
            var junk = new byte[random.Next(0, 300)];
            random.NextBytes(junk);
            Assert.Null(hub.Get<Enroller>().Take(junk, junk, junk, "x", false));
        }

        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => board.KnockAsync(letter => letter.BoardModel = new string('x', Enroller.MostLetterBytes))));
        Assert.Equal(StatusCode.InvalidArgument, await StatusAsync(() => board.KnockAsync(letter => letter.Board = ByteString.Empty)));
        Assert.Empty(await WaitingAsync(board));
    }

    [Fact]
    public async Task A_code_is_good_once_and_whoever_guesses_is_soon_not_listened_to()
    {
        await using var hub = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        var code = (await board.Service.CreateJoinCodeAsync(new CreateJoinCodeRequest(), cancellationToken: Cancelled)).Code;
        var accepted = await board.KnockAsync(code: code);
        Assert.Equal((KnockResponse.Types.State.Accepted, KnockResponse.Types.Trouble.Unspecified), (accepted.State, accepted.Trouble));
        Assert.Null(board.Open(accepted));
        Assert.NotNull(board.Open(accepted, LabelCode.KeyOf(code.Replace("-", "", StringComparison.Ordinal), hub.Clock.HubId)));

        using var second = new Knocker(hub);
        Assert.Equal(KnockResponse.Types.Trouble.CodeUsed, (await second.KnockAsync(code: code)).Trouble);
        var troubles = new List<KnockResponse.Types.Trouble>();
        var letter = await second.WriteAsync();
        for (var i = 0; i < 32; i++)
        {
            var guess = KnockLetter.Parser.ParseFrom(letter.Letter);
            guess.CodeProof = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(32));
            troubles.Add((await second.SendAsync(second.Sign(guess))).Trouble);
        }

        Assert.Equal(KnockResponse.Types.Trouble.CodeWrong, troubles[0]);
        Assert.Equal(KnockResponse.Types.Trouble.TooManyTries, troubles[^1]);
        var open = (await second.Service.CreateJoinCodeAsync(new CreateJoinCodeRequest(), cancellationToken: Cancelled)).Code;
        Assert.Equal(KnockResponse.Types.Trouble.TooManyTries, (await second.KnockAsync(code: open)).Trouble);
    }

    [Fact]
    public async Task Codes_and_kits_end_when_their_time_is_over_and_say_which_it_was()
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        await using var hub = await HubFixture.StartAsync(clock: new BootSource("kernel", () => (long)(time.GetUtcNow() - start).TotalMicroseconds + 3_600_000_000));
        using var board = new Knocker(hub);
        var code = (await board.Service.CreateJoinCodeAsync(new CreateJoinCodeRequest(), cancellationToken: Cancelled)).Code;
        var late = (await board.Service.CreateJoinCodeAsync(new CreateJoinCodeRequest(), cancellationToken: Cancelled)).Code;
        var kit = await board.Service.CreateKitAsync(new CreateKitRequest { Agents = 2, Hours = 24 }, cancellationToken: Cancelled);
        time.Advance(JoinCodeBook.Life - TimeSpan.FromSeconds(1));
        Assert.Equal(KnockResponse.Types.State.Accepted, (await board.KnockAsync(code: code)).State);
        time.Advance(TimeSpan.FromSeconds(1));
        using var second = new Knocker(hub);
        var over = await second.KnockAsync(code: late);
        Assert.Equal((KnockResponse.Types.State.Waiting, KnockResponse.Types.Trouble.CodeExpired), (over.State, over.Trouble));

        time.Advance(TimeSpan.FromHours(23));
        using var third = new Knocker(hub);
        Assert.Equal(KnockResponse.Types.State.Accepted, (await third.KnockAsync(WithKit(kit))).State);
        time.Advance(TimeSpan.FromHours(1));
        using var fourth = new Knocker(hub);
        var none = await fourth.KnockAsync(WithKit(kit));
        Assert.Equal((KnockResponse.Types.State.Waiting, KnockResponse.Types.Trouble.KitExpired), (none.State, none.Trouble));
    }

    private static Action<KnockLetter> WithKit(CreateKitResponse kit) => letter =>
    {
        using var file = System.Text.Json.JsonDocument.Parse(kit.File);
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(Convert.FromBase64String(file.RootElement.GetProperty("KitKey").GetString()!), out _);
        Assert.True(Id128.TryParse(file.RootElement.GetProperty("Kit").GetString(), out var id));
        letter.KitId = id.ToByteString();
        letter.KitProof = ByteString.CopyFrom(key.SignData(SealedLetter.ProofText("kit", letter.PublicKey.Span, letter.Challenge.Span), HashAlgorithmName.SHA256));
    };

    [Fact]
    public async Task A_key_on_another_board_is_told_to_make_its_own_and_a_taken_label_is_refused_with_a_way_on()
    {
        await using var hub = await HubFixture.StartAsync();
        using var board = new Knocker(hub);
        await board.KnockAsync();
        var name = Assert.Single(await WaitingAsync(board)).Name;
        Assert.Equal(StatusCode.AlreadyExists, await StatusAsync(() => board.Service.AcceptKnockAsync(new AcceptKnockRequest { Name = name, Slug = "ag-1" }, cancellationToken: Cancelled).ResponseAsync));
        await board.Service.AcceptKnockAsync(new AcceptKnockRequest { Name = name, Slug = "pond" }, cancellationToken: Cancelled);

        board.Board = RandomNumberGenerator.GetBytes(32);
        Assert.Equal(KnockResponse.Types.State.Copied, (await board.KnockAsync()).State);
    }

    private static async Task<IReadOnlyList<Knocking>> WaitingAsync(Knocker board) =>
        (await board.Service.ListKnocksAsync(new ListKnocksRequest(), cancellationToken: Cancelled)).Knocks;

    private static async Task<StatusCode> StatusAsync<T>(Func<Task<T>> call)
    {
        try
        {
            await call();
            return StatusCode.OK;
        }
        catch (RpcException refused)
        {
            return refused.StatusCode;
        }
    }
}
