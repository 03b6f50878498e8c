namespace Loyalty.Messaging.Simulator.Records;

/// <summary>One HTTP request that reached the issuer, whatever became of it.</summary>
internal sealed class Attempt
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Path { get; init; }

    public required string BodySha256 { get; init; }

    public string? IdempotencyKey { get; init; }

    public string? ClientTransactionId { get; set; }

    public string? CollectorNumber { get; set; }

    /// <summary>Which token it carried, without telling the token.</summary>
    public string? TokenId { get; set; }

    /// <summary>The status decided on; none while undecided and for an answer that is a cut connection.</summary>
    public int? AnswerPlanned { get; set; }

    /// <summary>How it was to be answered: <c>normal</c>, or the script's kind.</summary>
    public string? Kind { get; set; }

    /// <summary>The answer is the remembered one of an earlier call with the same key.</summary>
    public bool Replayed { get; set; }

    /// <summary>The answer went out whole to a client that was still there.</summary>
    public bool Delivered { get; set; }
}
