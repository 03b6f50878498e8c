using Loyalty.Messaging.Delivery.Journal;
using Loyalty.Messaging.Store.DeadLetters;
using Loyalty.Messaging.Store.Orders;
using Xunit;

namespace Loyalty.Messaging.UnitTests.Store;

/// <summary>The sentences that a person reads at night, made of what the journal holds.</summary>
public sealed class When_a_timeline_is_told
{
    static readonly DateTimeOffset At = new(2026, 11, 21, 22, 55, 37, TimeSpan.Zero);

    [Fact]
    public void A_delivery_tells_its_calls_its_change_and_what_it_sent_in_that_order() =>
        Assert.Equal(
            [
                "POST/EVENT answered 503 in 12 ms: The issuer is away",
                "POST/EVENT had no answer after 10000 ms (try 2): The call took too long",
                "POST/EVENT answered 200 in 103 ms (try 3)",
                "IssueConfirmed received",
                "Issuing → Issued",
                "Set aside 4 miles of the order for refund RF-77",
                "Published loyalty.miles-issued",
                "Sent ReversalGranted",
            ],
            Texts(
                Entry(
                    "IssueConfirmed",
                    "Issuing",
                    "Issued",
                    """
                    [{"kind":"call","operation":"post-event","idempotencyKey":"f67ccca4-c4e3-4781-a5bb-0e53ac5cd477","attempts":[
                       {"startedAt":"2026-11-21T22:55:10+00:00","duration":"00:00:00.0121","status":503,"failure":"The issuer is away"},
                       {"startedAt":"2026-11-21T22:55:11+00:00","duration":"00:00:10","failure":"The call took too long"},
                       {"startedAt":"2026-11-21T22:55:22+00:00","duration":"00:00:00.1031128","status":200,"response":"{}"}]},
                     {"kind":"Granted","miles":4,"refundId":"RF-77"}]
                    """,
                    """[{"type":"MilesIssued","messageId":"0e41363c-fe99-8b69-a3ab-8593a27cf44e"},{"type":"ReversalGranted","messageId":"79020000-ba55-366b-a395-08df48228f47"}]"""
                )
            )
        );

    [Theory]
    [InlineData("""{"kind":"duplicate","message":"The same event again: ignored"}""", "duplicate", "The same event again: ignored")]
    [InlineData("""{"kind":"conflict","message":"Other content"}""", "conflict", "Other content")]
    [InlineData("""{"kind":"Granted","refundId":"RF-1","miles":1}""", "ledger", "Set aside 1 mile of the order for refund RF-1")]
    [InlineData(
        """{"kind":"Granted","refundId":"RF-1","miles":0}""",
        "ledger",
        "The rest of the order still earns its miles: nothing to take back for refund RF-1"
    )]
    [InlineData(
        """{"kind":"Refused","refundId":"RF-1","miles":0,"reason":"line 9 is not in the order"}""",
        "ledger",
        "Refund RF-1 does not fit the order: line 9 is not in the order"
    )]
    [InlineData(
        """{"kind":"NotRequired","refundId":"RF-1","miles":0}""",
        "ledger",
        "No miles were issued: nothing to take back for refund RF-1"
    )]
    [InlineData(
        """{"kind":"given-back","refundId":"RF-1","miles":4}""",
        "ledger",
        "4 miles of refund RF-1 were not taken back and are the order's again"
    )]
    [InlineData("""{"kind":"of-a-later-version","message":"Something new"}""", "note", "Something new")]
    public void Every_note_becomes_a_sentence(string note, string kind, string text)
    {
        var entry = Timeline
            .Of([Entry("OrderCompleted", "Issued", "Issued", $"[{note}]")], [])
            .Single(entry => entry.Kind != TimelineKinds.Delivery);

        Assert.Equal((kind, text), (entry.Kind, entry.Text));
    }

    [Fact]
    public void Notes_that_cannot_be_read_hide_nothing_else() =>
        Assert.Equal(
            ["OrderCompleted received, not for the first time", "new → Issuing"],
            Texts(Entry("OrderCompleted", "", "Issuing", """{"not":"a list"}""", redelivered: true))
        );

    [Fact]
    public void What_still_waits_is_not_told_as_sent()
    {
        var id = Guid.NewGuid();
        var parked = new WaitingMessage(
            id,
            null,
            "exchange:loyalty.miles-issued?type=fanout",
            "urn:message:Loyalty.Messaging.Contracts:MilesIssued",
            At.AddSeconds(1),
            null,
            false,
            12,
            At.AddHours(1),
            "No such exchange"
        );

        var timeline = Timeline.Of(
            [Entry("IssueConfirmed", "Issued", "Issued", sent: $$"""[{"type":"MilesIssued","messageId":"{{id}}"}]""")],
            [parked]
        );

        Assert.Equal(
            ["IssueConfirmed received", "Parked, never reached the broker: MilesIssued to loyalty.miles-issued, 12 tries so far"],
            timeline.Select(entry => entry.Text)
        );
        Assert.Equal(("No such exchange", 12), (timeline[1].Details!.LastFault, timeline[1].Details!.Attempts));
    }

    [Theory]
    [InlineData(DeadLetterStates.Open, null)]
    [InlineData(DeadLetterStates.Replaying, "A replay has it, by ann: mended")]
    [InlineData(DeadLetterStates.Replayed, "Sent again, and did not come back, by ann: mended")]
    [InlineData(DeadLetterStates.Edited, "Another message was sent in its place, by ann: mended")]
    [InlineData(DeadLetterStates.Discarded, "Discarded, by ann: mended")]
    public void What_was_given_up_is_told_every_time_and_what_became_of_it(string state, string? since)
    {
        var letter = new DeadLetter
        {
            Id = Guid.NewGuid(),
            State = state,
            StateSince = At.AddHours(2),
            StateBy = "ann",
            StateReason = "mended",
            Endpoint = "loyalty.issuance",
            MessageType = "OrderCompleted",
        };
        DeadLetterFailure Failure(int minutes) =>
            new()
            {
                DeadLetterId = letter.Id,
                At = At.AddMinutes(minutes),
                Reason = $"no room at minute {minutes}",
            };

        var timeline = Timeline.Of(
            [Entry("OrderCompleted", "", "Issuing", at: At.AddMinutes(1))],
            [],
            letters: [(letter, [Failure(0), Failure(5)])]
        );

        const string givenUp = "OrderCompleted given up in loyalty.issuance: no room at minute";
        Assert.Equal(
            [$"{givenUp} 0", "OrderCompleted received", "new → Issuing", $"{givenUp} 5", .. since is null ? (string[])[] : [since]],
            timeline.Select(entry => entry.Text)
        );
        Assert.All(
            timeline.Where(entry => entry.Kind == TimelineKinds.DeadLetter),
            entry => Assert.Equal(letter.Id, entry.Details!.DeadLetterId)
        );
    }

    [Fact]
    public void It_goes_by_time_whoever_wrote_first() =>
        Assert.Equal(
            ["OrderRefunded received for refund RF-77", "OrderCompleted received"],
            Timeline
                .Of(
                    [
                        Entry("OrderCompleted", "Issued", "Issued", sequence: 1),
                        Entry("OrderRefunded", "Reversed", "Reversed", refundId: "RF-77", sequence: 2, at: At.AddMilliseconds(-40)),
                    ],
                    []
                )
                .Select(entry => entry.Text)
        );

    static IEnumerable<string> Texts(JournalEntry entry) => Timeline.Of([entry], []).Select(entry => entry.Text);

    static JournalEntry Entry(
        string type,
        string from,
        string to,
        string? notes = null,
        string? sent = null,
        string? refundId = null,
        bool redelivered = false,
        long sequence = 1,
        DateTimeOffset? at = null
    ) =>
        new()
        {
            Sequence = sequence,
            At = at ?? At,
            Subject = "W-1001",
            Part = refundId,
            MessageType = type,
            MessageId = Guid.NewGuid(),
            Redelivered = redelivered,
            FromState = from,
            ToState = to,
            Notes = notes,
            Sent = sent,
        };
}
