using System.Collections;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Core.Interceptors;
using StemLab.Hub.Translating;
using StemLab.V1;

namespace StemLab.Hub.Api;

/// <summary>
/// Answers to who reads in a language of a key file: what the hub says by heart is there in that language too (<see cref="Sentence.More"/>; where a text has only an English and a Vietnamese field, in the English one).
/// Everybody else's answers go through untouched. Stateless.
/// </summary>
internal sealed class LanguageBorder(Phrases phrases) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var answer = await continuation(request, context);
        return phrases.WantedBy(context.GetHttpContext()) is { } code ? Said(answer, code) : answer;
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request, IServerStreamWriter<TResponse> responseStream, ServerCallContext context, ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        continuation(request, phrases.WantedBy(context.GetHttpContext()) is { } code ? new SayingWriter<TResponse>(responseStream, answer => Said(answer, code)) : responseStream, context);

    /// <summary>A copy: the answer may be another reader's as well.</summary>
    private T Said<T>(T answer, string code)
    {
        if (answer is not IDeepCloneable<T> original || original.Clone() is not IMessage copy)
        {
            return answer;
        }

        Say(copy, code);
        return (T)copy;
    }

    private void Say(IMessage message, string code)
    {
        if (message is Sentence sentence)
        {
            if (Phrases.OwnOf(sentence, code) is null && phrases.Find(code, sentence.En) is { } words)
            {
                (sentence.More ??= new Struct()).Fields[code] = Value.ForString(words);
            }

            return;
        }

        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            switch (field.FieldType)
            {
                case FieldType.String when !field.IsRepeated && IsTold(field) && phrases.Find(code, (string)field.Accessor.GetValue(message)) is { } words:
                    field.Accessor.SetValue(message, words);
                    break;
                case FieldType.Message when !field.IsMap:
                    Say(field.Accessor.GetValue(message), code);
                    break;
            }
        }
    }

    private void Say(object? held, string code)
    {
        switch (held)
        {
            case IMessage one:
                Say(one, code);
                break;
            case IList list:
                foreach (var one in list.OfType<IMessage>())
                {
                    Say(one, code);
                }

                break;
        }
    }

    /// <summary>Words for people: those that stand beside Vietnamese ones, an animal, the name of a run. What people stated themselves comes back as they wrote it.</summary>
    private static bool IsTold(FieldDescriptor field) => field.Name switch
    {
        "alias" or "title" => field.ContainingType == ClassSeat.Descriptor || field.ContainingType == ClassRun.Descriptor || field.ContainingType == MeasuredRun.Descriptor,
        var name => name.EndsWith("_en", StringComparison.Ordinal) && field.ContainingType.File != FactServiceReflection.Descriptor && field.ContainingType.FindFieldByName($"{name[..^3]}_vi") is not null,
    };

    private sealed class SayingWriter<T>(IServerStreamWriter<T> inner, Func<T, T> said) : IServerStreamWriter<T>
    {
        public WriteOptions? WriteOptions
        {
            get => inner.WriteOptions;
            set => inner.WriteOptions = value;
        }

        public Task WriteAsync(T message) => inner.WriteAsync(said(message));

        public Task WriteAsync(T message, CancellationToken cancellationToken) => inner.WriteAsync(said(message), cancellationToken);
    }
}
