using System.Text.Json;
using Loyalty.Messaging.Simulator.Scripts;

namespace Loyalty.Messaging.Simulator.Calls;

internal static class ScriptWords
{
    static readonly Dictionary<AnswerKind, string> Words = Enum.GetValues<AnswerKind>()
        .ToDictionary(kind => kind, kind => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString()));

    public static string Of(AnswerKind kind) => Words[kind];
}
