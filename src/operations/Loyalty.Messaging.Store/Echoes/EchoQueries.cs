using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Store.Maps;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Echoes;

/// <summary>What the issuer last said to ECHO.</summary>
public sealed class EchoQueries(LoyaltyDbContext context)
{
    const int Shown = 20;

    public async Task<EchoView> LatestAsync(CancellationToken cancellationToken)
    {
        var results = await context
            .Echoes.OrderByDescending(row => EF.Property<long>(row, EchoMap.Sequence))
            .Take(Shown)
            .ToListAsync(cancellationToken);
        return new EchoView { Last = results.FirstOrDefault(), Results = results };
    }
}

/// <summary>The latest results of ECHO.</summary>
public sealed record EchoView
{
    /// <summary>Absent when there never was one.</summary>
    public EchoRan? Last { get; init; }

    /// <summary>Of all workers, the newest first; at most 20.</summary>
    public required IReadOnlyList<EchoRan> Results { get; init; }
}
