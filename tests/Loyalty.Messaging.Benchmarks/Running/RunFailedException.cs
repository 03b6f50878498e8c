namespace Loyalty.Messaging.Benchmarks.Running;

/// <summary>
/// A run that is no measurement: something was lost, doubled or never came. The message is a sentence for the person at the terminal.
/// </summary>
internal sealed class RunFailedException(string message) : Exception(message);
