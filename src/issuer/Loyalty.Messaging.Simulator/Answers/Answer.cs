namespace Loyalty.Messaging.Simulator.Answers;

/// <summary>One HTTP answer, ready to be sent, remembered and sent again byte for byte.</summary>
internal sealed record Answer(int Status, byte[] Body, string ContentType)
{
    public const string JsonType = "application/json;charset=UTF-8";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public bool IsSuccess => Status is >= 200 and < 300;

    public static Answer Json(int status, byte[] body) => new(status, body, JsonType);

    /// <summary>The issuer's no: a code, unless there is none for it, and a sentence that names the field.</summary>
    public static Answer Refusal(int status, string? responseCode, string message) =>
        Json(
            status,
            SimulatorJson.Body(json =>
            {
                if (responseCode is not null)
                    json.WriteString("responseCode", responseCode);
                json.WriteString("message", message);
            })
        );
}
