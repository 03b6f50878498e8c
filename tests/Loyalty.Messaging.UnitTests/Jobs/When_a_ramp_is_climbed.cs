using Loyalty.Messaging.Jobs;
using Loyalty.Messaging.Store.Jobs;
using Xunit;

namespace Loyalty.Messaging.UnitTests.Jobs;

public sealed class When_a_ramp_is_climbed
{
    static readonly int[] Steps = [1, 5, 50];

    [Theory]
    [InlineData(0, 0, 1)]
    // The first is on its way.
    [InlineData(1, 1, 0)]
    [InlineData(1, 0, 5)]
    // A step that was begun goes on, whatever of it is on its way.
    [InlineData(3, 2, 3)]
    [InlineData(6, 1, 0)]
    [InlineData(6, 0, 50)]
    [InlineData(56, 3, 0)]
    // Above it only the rate counts, and what is on its way.
    [InlineData(56, 0, 20)]
    [InlineData(1000, 490, 10)]
    [InlineData(1000, 500, 0)]
    public void Each_step_waits_until_the_one_before_has_settled(int begun, int sent, int allowed) =>
        Assert.Equal(allowed, Ramp.Allowed(Steps, new JobProgress { Begun = begun, Sent = sent }, 20));

    [Theory]
    [InlineData(0, 0, 20)]
    [InlineData(7, 7, 20)]
    public void Without_steps_only_the_rate_counts(int begun, int sent, int allowed) =>
        Assert.Equal(allowed, Ramp.Allowed([], new JobProgress { Begun = begun, Sent = sent }, 20));

    [Fact]
    public void What_was_begun_before_it_was_resumed_settles_first() =>
        Assert.Equal(0, Ramp.Allowed(Steps, new JobProgress { Begun = 0, Sent = 4 }, 20));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(100, 0)]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(100, 10)]
    public void Few_failures_stop_nothing(int settled, int failed) =>
        Assert.Null(Ramp.Objection(Job(), new JobProgress { Settled = settled, FailedNow = failed }));

    [Theory]
    [InlineData(10, 2, "2 of 10 failed; the limit is 10 %")]
    [InlineData(100, 11, "11 of 100 failed; the limit is 10 %")]
    [InlineData(1, 1, "The first that were tried have all failed")]
    [InlineData(6, 6, "The first that were tried have all failed")]
    public void Too_many_stop_it_with_a_sentence(int settled, int failed, string sentence) =>
        Assert.Equal(sentence, Ramp.Objection(Job(), new JobProgress { Settled = settled, FailedNow = failed }));

    [Fact]
    public void One_that_came_back_for_its_old_cause_stops_it_unless_that_was_allowed()
    {
        var progress = new JobProgress
        {
            Settled = 50,
            FailedNow = 1,
            CameBack = "a defect",
        };
        Assert.Equal("A dead letter came back for the cause it had before: a defect", Ramp.Objection(Job(), progress));
        Assert.Null(Ramp.Objection(Job(stopOnSame: false), progress));
        Assert.Null(Ramp.Objection(Job(stopOnSame: false), new JobProgress { Settled = 1, FailedNow = 1 }));
        Assert.NotNull(Ramp.Objection(Job(stopOnSame: false), new JobProgress { Settled = 10, FailedNow = 10 }));
    }

    static Job Job(bool stopOnSame = true) => new() { StopOnSame = stopOnSame, StopShare = 10 };
}
