using Xunit;

namespace Loyalty.Messaging.AcceptanceTests;

/// <summary>
/// Tests that have the machine, or the servers, to themselves: what they measure or do to a server, others would disturb or suffer from.
/// </summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
