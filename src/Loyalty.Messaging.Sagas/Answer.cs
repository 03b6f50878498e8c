namespace Loyalty.Messaging.Sagas;

/// <summary>An answer on its way from an issuer queue to its saga.</summary>
internal static class Answer
{
    /// <summary>When the broker goes, a publisher waits for the new connection, and the new connection for the deliveries of the old one to end: the wait has to be short.</summary>
    static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);

    /// <exception cref="AnswerNotConfirmedException">The broker did not confirm in time; the command is delivered again and makes the same call.</exception>
    public static async Task ConfirmedAsync(Task send)
    {
        try
        {
            await send.WaitAsync(ConfirmTimeout);
        }
        catch (TimeoutException exception)
        {
            throw new AnswerNotConfirmedException(exception);
        }
    }
}

/// <summary>The broker did not confirm the issuer's answer in time.</summary>
public sealed class AnswerNotConfirmedException(Exception inner) : Exception("The broker did not confirm the issuer's answer in time; the call is repeated under the same key", inner);
