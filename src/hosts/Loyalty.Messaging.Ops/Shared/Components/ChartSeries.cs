namespace Loyalty.Messaging.Ops.Shared.Components;

/// <summary>Values of a chart, one per label.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Tone">Colour: <c>one</c>, <c>two</c>, <c>three</c>, <c>good</c>, <c>warn</c> or <c>bad</c>.</param>
/// <param name="Values">Not negative; null leaves a gap.</param>
public sealed record ChartSeries(string Name, string Tone, IReadOnlyList<double?> Values);
