using System.Text.Json;
using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Sagas;
using Loyalty.Messaging.Sagas.Decisions;
using Loyalty.Messaging.Store.Jobs;
using MassTransit;

namespace Loyalty.Messaging.Ops.Acts;

/// <summary>What a person can decide about one order or refund: how it is asked for, and the command that takes it to the saga.</summary>
internal abstract class DecisionKind
{
    public const string Order = "order";
    public const string Refund = "refund";

    /// <summary>An order or a refund.</summary>
    public required string About { get; init; }

    /// <summary>As the audit calls it: one of <c>DecisionActs</c>.</summary>
    public required string Act { get; init; }

    /// <summary>The job by which a second person allows it, or which does it to many; null where one person may always decide.</summary>
    public string? JobKind { get; init; }

    /// <summary>As the API calls it.</summary>
    public required string Name { get; init; }

    /// <summary>For whoever reads the API.</summary>
    public required string Summary { get; init; }

    /// <summary>For whoever has decided it.</summary>
    public required string Done { get; init; }

    /// <summary>What is wrong with the fields of its form; null when nothing is.</summary>
    public Func<IFormCollection, string?> FormMistake { get; init; } = _ => null;

    public string SubjectOf(string id) => $"{About} {id}";

    /// <summary>The question to the saga.</summary>
    public abstract void AddTo(IBusRegistrationConfigurator bus, TimeSpan patience);

    /// <param name="id">Of the order or refund.</param>
    public abstract Task<DecisionRequest> ReadAsync(IFormCollection form, string id, HttpContext http);

    /// <summary>As somebody asked for it, or for many at once.</summary>
    /// <exception cref="InvalidOperationException">It says more than why, and that is gone: it went when the job ended.</exception>
    public abstract DecisionRequest Read(Job job);

    /// <inheritdoc cref="DecisionSender.TakeAsync"/>
    public abstract Task<DecisionAnswer> TakeAsync(
        DecisionSender sender,
        string id,
        DecisionRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    );
}

/// <inheritdoc/>
internal sealed class DecisionKind<TRequest, TCommand> : DecisionKind
    where TRequest : DecisionRequest, new()
    where TCommand : class, IDecision
{
    /// <summary>What the saga is told.</summary>
    public required Func<TRequest, DecisionBasics, TCommand> Command { get; init; }

    /// <summary>What the form says.</summary>
    public required Func<IFormCollection, string, HttpContext, Task<TRequest>> Form { get; init; }

    public override void AddTo(IBusRegistrationConfigurator bus, TimeSpan patience) =>
        bus.AddRequestClient<TCommand>(About == Order ? IssuerQueues.IssuanceAddress : IssuerQueues.ReversalAddress, patience);

    public override async Task<DecisionRequest> ReadAsync(IFormCollection form, string id, HttpContext http) => await Form(form, id, http);

    public override DecisionRequest Read(Job job) =>
        job.Parameters is not null ? JsonSerializer.Deserialize<TRequest>(job.Parameters)!
        : JobKind == JobKinds.Correct ? throw new InvalidOperationException("The correction of the job is gone")
        : new TRequest { Reason = job.Reason };

    public override Task<DecisionAnswer> TakeAsync(
        DecisionSender sender,
        string id,
        DecisionRequest asked,
        Actor actor,
        CancellationToken cancellationToken
    )
    {
        var basics = new DecisionBasics(asked.OperationId ?? Guid.NewGuid(), id, actor.Name, asked.Reason!);
        return sender.TakeAsync(Command((TRequest)asked, basics), actor, Act, SubjectOf(id), asked.ForAudit, cancellationToken);
    }
}

/// <summary>What every decision says.</summary>
/// <param name="Id">Of the order or refund.</param>
internal sealed record DecisionBasics(Guid OperationId, string Id, string Actor, string Reason);
