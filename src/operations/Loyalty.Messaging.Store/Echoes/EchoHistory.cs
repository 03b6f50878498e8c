using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Store.Maps;
using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Echoes;

/// <summary>The results of ECHO, the newest <see cref="Kept"/> of all workers.</summary>
public sealed class EchoHistory(LoyaltyDbContext context)
{
    public const int Kept = 1000;

    /// <summary>Adds one and drops those that are too old.</summary>
    public async Task AddAsync(EchoRan result, CancellationToken cancellationToken)
    {
        var row = context.Echoes.Add(result);
        await context.SaveChangesAsync(cancellationToken);
        var newest = (long)row.Property(EchoMap.Sequence).CurrentValue!;
        await context.Echoes.Where(old => EF.Property<long>(old, EchoMap.Sequence) <= newest - Kept).ExecuteDeleteAsync(cancellationToken);
    }
}
