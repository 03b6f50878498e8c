using Loyalty.Messaging.Store.Statistics;
using Xunit;

namespace Loyalty.Messaging.UnitTests.Store;

public sealed class When_rates_are_drawn
{
    static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Two orders in each ten seconds are twelve in a minute.</summary>
    [Fact]
    public void A_young_history_is_drawn_from_sample_to_sample()
    {
        var rates = Rates.Of(Samples(every: 10, count: 4, first: Noon.AddSeconds(3)), Noon.AddSeconds(41));

        Assert.Equal(60, rates.Labels.Count);
        Assert.Equal(["12:00:20", "12:00:30", "12:00:40"], rates.Labels.Skip(57));
        Assert.Equal([12, 12, 12], rates.Orders.Skip(57).Select(rate => rate!.Value));
        Assert.All(rates.Orders.Take(57), Assert.Null);
    }

    [Fact]
    public void An_older_one_is_drawn_minute_by_minute()
    {
        var rates = Rates.Of(Samples(every: 10, count: 400, first: Noon.AddSeconds(3)), Noon.AddSeconds(3993));

        Assert.Equal(("13:06", 12), (rates.Labels[^1], Math.Round(rates.Orders[^1]!.Value, 3)));
        Assert.DoesNotContain(null, rates.Orders);
    }

    [Fact]
    public void A_sample_that_comes_late_costs_a_point_and_falsifies_none()
    {
        List<Sample> samples = [.. Samples(every: 10, count: 6, first: Noon.AddSeconds(9.9))];
        samples[2] = samples[2] with { At = samples[2].At.AddSeconds(0.3) };

        var rates = Rates
            .Of(samples, Noon.AddSeconds(60))
            .Orders.Skip(54)
            .Select(rate => rate is { } number ? Math.Round(number, 3) : (double?)null);

        Assert.Equal([null, 12, null, 12, 12, 12], rates);
    }

    [Fact]
    public void Counters_that_began_anew_and_a_single_sample_draw_nothing()
    {
        var samples = Samples(every: 10, count: 2, first: Noon);
        Assert.Empty(Rates.Of(samples[..1], Noon.AddSeconds(10)).Orders);
        Assert.All(
            Rates.Of([samples[1] with { At = Noon }, samples[0] with { At = Noon.AddSeconds(10) }], Noon.AddSeconds(21)).Orders,
            Assert.Null
        );
    }

    static List<Sample> Samples(int every, int count, DateTimeOffset first) =>
        [.. Enumerable.Range(0, count).Select(number => new Sample(first.AddSeconds(number * every), number * 2, 0, 0, 0, 0))];
}
