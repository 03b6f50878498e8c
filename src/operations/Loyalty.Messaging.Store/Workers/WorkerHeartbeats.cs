using Microsoft.EntityFrameworkCore;

namespace Loyalty.Messaging.Store.Workers;

/// <summary>Which workers are there.</summary>
public sealed class WorkerHeartbeats(LoyaltyDbContext context)
{
    /// <summary>A worker that has not been heard from for so long is taken for gone.</summary>
    const int GoneAfterSeconds = 30;
    const int ForgottenAfterHours = 24;

    /// <param name="lease">For how long from now its lanes are nobody else's.</param>
    public Task<int> BeatAsync(WorkerHeartbeat pulse, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pulse);
        return context.Database.ExecuteSqlAsync(
            $"""
            WITH forgotten AS (DELETE FROM worker_pulse WHERE at < now() - make_interval(hours => {ForgottenAfterHours}))
            INSERT INTO worker_pulse (worker, started_at, at, paused_since, pause_cause, takes_lanes, lanes_until)
            VALUES ({pulse.Worker}, {pulse.StartedAt}, now(), {pulse.PausedSince}, {pulse.PauseCause}, {pulse.TakesLanes}, now() + {lease})
            ON CONFLICT (worker) DO UPDATE SET at = now(), paused_since = excluded.paused_since, pause_cause = excluded.pause_cause,
                takes_lanes = excluded.takes_lanes, lanes_until = excluded.lanes_until
            """,
            cancellationToken
        );
    }

    /// <summary>Workers among which the lanes are shared.</summary>
    public Task<List<string>> TakersAsync(CancellationToken cancellationToken) =>
        context
            .Database.SqlQuery<string>($"SELECT worker AS \"Value\" FROM worker_pulse WHERE takes_lanes AND lanes_until > now()")
            .ToListAsync(cancellationToken);

    /// <summary>It stops on purpose.</summary>
    public Task<int> EndAsync(string worker, CancellationToken cancellationToken) =>
        context.WorkerHeartbeats.Where(row => row.Worker == worker).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Those that were heard from within half a minute.</summary>
    public Task<List<WorkerHeartbeat>> AliveAsync(CancellationToken cancellationToken) =>
        context
            .WorkerHeartbeats.FromSql($"SELECT * FROM worker_pulse WHERE at > now() - make_interval(secs => {GoneAfterSeconds})")
            .OrderBy(row => row.Worker)
            .ToListAsync(cancellationToken);
}
