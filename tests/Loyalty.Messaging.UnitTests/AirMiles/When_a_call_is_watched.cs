using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using Loyalty.Messaging.AirMiles;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Loyalty.Messaging.UnitTests.AirMiles;

/// <summary>What dashboards, traces and crash tests hold on to.</summary>
public sealed class When_a_call_is_watched
{
    [Fact]
    public async Task Its_key_is_told_before_it_is_sent_and_when_an_answer_has_been_read()
    {
        var call = new FrozenCall(Guid.NewGuid(), IssuerStub.Call.Body);
        var told = new ConcurrentQueue<string>();
        var issuer = new IssuerStub().Then(_ =>
        {
            told.Enqueue("sent");
            return Task.FromResult(IssuerStub.Answer(500));
        });
        using var listening = DiagnosticListener.AllListeners.Subscribe(
            new Each<DiagnosticListener>(listener =>
            {
                if (listener.Name == "Loyalty.Messaging.AirMiles")
                {
                    listener.Subscribe(
                        new Each<KeyValuePair<string, object?>>(written =>
                        {
                            if (written.Value as string == call.IdempotencyKey.ToString())
                                told.Enqueue(written.Key);
                        })
                    );
                }
            })
        );
        await using var services = issuer.Services();

        await services.GetRequiredService<IAirMilesClient>().PostEventAsync(call, TestContext.Current.CancellationToken);

        Assert.Equal(["call.sending", "sent", "call.answered", "call.answered"], told);
    }

    [Theory]
    [InlineData(200, "accepted")]
    [InlineData(202, "pending")]
    [InlineData(400, "rejected")]
    [InlineData(403, "unresolved")]
    public async Task It_is_counted_timed_and_traced_by_outcome(int status, string outcome)
    {
        var measured = new ConcurrentQueue<(string Instrument, string Tags)>();
        var traced = new ConcurrentQueue<Activity>();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Loyalty.Messaging")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => measured.Enqueue((instrument.Name, Text(tags))));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Enqueue((instrument.Name, Text(tags))));
        meters.Start();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Loyalty.Messaging",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = traced.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        using var root = new Activity("test").Start();

        await new IssuerStub().Then(status, status == 200 ? IssuerStub.Yes : "").PostAsync();

        Assert.Contains(("loyalty.airmiles.requests", $"operation=post-event outcome={outcome}"), measured);
        Assert.Contains(("loyalty.airmiles.request.duration", $"operation=post-event outcome={outcome}"), measured);
        var activity = Assert.Single(traced, activity => activity.TraceId == root.TraceId);
        Assert.Equal("AirMiles post-event", activity.OperationName);
        Assert.Equal(
            [("http.response.status_code", status), ("loyalty.airmiles.attempts", 1), ("loyalty.airmiles.outcome", outcome)],
            activity.TagObjects.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => (tag.Key, tag.Value!))
        );
    }

    static string Text(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
            text.Append(text.Length > 0 ? " " : "").Append(key).Append('=').Append(value);
        return text.ToString();
    }

    sealed class Each<T>(Action<T> act) : IObserver<T>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(T value) => act(value);
    }
}
