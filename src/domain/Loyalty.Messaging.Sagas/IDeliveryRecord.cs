using MassTransit;

namespace Loyalty.Messaging.Sagas;

/// <summary>
/// What a saga can leave behind about one delivery besides its own row, committed together with it.
/// The store offers it as a payload of the consume context; where there is no store, there is nothing to record.
/// </summary>
public interface IDeliveryRecord
{
    /// <summary>Adds a note to the journal of the order. No whole collector number, no token.</summary>
    void Note(object note);

    /// <summary>Sends the delivered message, as it came, to the dead letters.</summary>
    /// <param name="reason">A sentence for the person who will look at it.</param>
    void DeadLetter(string reason);
}

internal static class DeliveryRecordExtensions
{
    public static void Note(this PipeContext context, object note)
    {
        if (context.TryGetPayload<IDeliveryRecord>(out var record))
            record.Note(note);
    }

    public static void DeadLetter(this PipeContext context, string reason)
    {
        if (context.TryGetPayload<IDeliveryRecord>(out var record))
            record.DeadLetter(reason);
    }
}
