namespace Loyalty.Messaging.Store.Jobs;

/// <summary>Under the id of a request stands a job for something else; nothing was done.</summary>
public sealed class JobIdInUseException(Guid id)
    : Exception($"Something else was asked for under the id {id} before, and that job stands. Take a new id for a new request");
