using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Jobs;

/// <summary>
/// Works on a job of one kind several items at a time; what it begins settles later and elsewhere. Kinds without one are done item by item.
/// </summary>
/// <seealso cref="IJobAct"/>
public interface IJobStep
{
    /// <summary>One of <see cref="JobKinds"/>.</summary>
    string Kind { get; }

    /// <summary>Begins the next few.</summary>
    /// <param name="owner">Who holds the job's lease.</param>
    /// <returns>How many were begun or left out.</returns>
    Task<int> BeginAsync(Job job, Guid owner, int most, CancellationToken cancellationToken);

    /// <summary>Writes down what has become of those that were begun.</summary>
    Task SettleAsync(Job job, CancellationToken cancellationToken);
}
