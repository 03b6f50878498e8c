using System.Security.Cryptography;
using Loyalty.Messaging.Simulator.Records;

namespace Loyalty.Messaging.Simulator.Tokens;

/// <summary>Hands out bearer tokens and judges those presented.</summary>
internal sealed class TokenIssuer(SimulatorOptions options, TimeProvider time)
{
    /// <summary>How every token begins, so that one that strays into a log is found there.</summary>
    public const string Prefix = "simulator-token-";

    readonly Lock _gate = new();
    readonly Dictionary<string, Token> _tokens = new(StringComparer.Ordinal);
    int _requests;
    int _expiredCalls;
    int _revokedCalls;

    public void CountRequest() => Interlocked.Increment(ref _requests);

    public string Issue()
    {
        var value = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        lock (_gate)
            _tokens[value] = new Token(time.GetUtcNow() + options.TokenLifetime);
        return value;
    }

    public TokenVerdict Judge(string? authorization)
    {
        const string scheme = "Bearer ";
        if (authorization is null || !authorization.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
            return TokenVerdict.Refused("no bearer token was sent", BreachKind.TokenMissing);

        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (!_tokens.TryGetValue(authorization[scheme.Length..].Trim(), out var token))
                return TokenVerdict.Refused("this token was never issued", BreachKind.TokenUnknown);
            if (token.Revoked)
                return JudgeRevoked(token, now);
            return now < token.ExpiresAt ? TokenVerdict.Good : JudgeExpired(token, now);
        }
    }

    public void RevokeAll()
    {
        lock (_gate)
        {
            foreach (var token in _tokens.Values)
                token.Revoked = true;
        }
    }

    /// <summary>Forgets the counts. Tokens stay what they are: a client must not suffer for a reset it cannot see.</summary>
    public void ClearCounts()
    {
        lock (_gate)
            _requests = _expiredCalls = _revokedCalls = 0;
    }

    public TokenCounts Counts()
    {
        lock (_gate)
            return new TokenCounts(_requests, _expiredCalls, _revokedCalls);
    }

    TokenVerdict JudgeRevoked(Token token, DateTimeOffset now)
    {
        _revokedCalls++;
        token.FirstRefusedAt ??= now;
        var tooLate = now - token.FirstRefusedAt > options.RevokedTokenGrace;
        return TokenVerdict.Refused("this token has been revoked", tooLate ? BreachKind.TokenRevoked : null);
    }

    TokenVerdict JudgeExpired(Token token, DateTimeOffset now)
    {
        _expiredCalls++;
        var tooLate = now - token.ExpiresAt >= options.ExpiredTokenGrace;
        return TokenVerdict.Refused("this token has expired", tooLate ? BreachKind.TokenExpired : null);
    }

    sealed class Token(DateTimeOffset expiresAt)
    {
        public DateTimeOffset ExpiresAt { get; } = expiresAt;

        public bool Revoked { get; set; }

        public DateTimeOffset? FirstRefusedAt { get; set; }
    }
}

internal sealed record TokenCounts(int Requests, int ExpiredCalls, int RevokedCalls);

/// <summary>Whether a token lets a call in, and if not, whether presenting it was a breach.</summary>
internal sealed record TokenVerdict(string? Refusal, string? BreachKind)
{
    public static TokenVerdict Good { get; } = new(null, null);

    public static TokenVerdict Refused(string why, string? breachKind) => new(why, breachKind);
}
