using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.Ops.Acts;
using Loyalty.Messaging.Ops.Audit;
using Loyalty.Messaging.Ops.DeadLetters;
using Loyalty.Messaging.Ops.Faults;
using Loyalty.Messaging.Ops.Orders;
using Loyalty.Messaging.Ops.Outbox;
using Loyalty.Messaging.Ops.Shared;
using Loyalty.Messaging.Store.Jobs;

namespace Loyalty.Messaging.Ops.Description;

/// <summary>Examples in the API's description. They are the records themselves, so that they cannot say what is not there.</summary>
internal static class Examples
{
    static readonly Guid Id = new("4f8b6f0e-6c0f-4b0e-9f0e-0d6f3f1f2a01");
    static readonly Guid Operation = new("9c1d2f4a-3b5e-4d7c-8a6f-1e2d3c4b5a02");
    static readonly DateTimeOffset At = new(2026, 11, 21, 20, 4, 6, TimeSpan.Zero);

    /// <summary>The only body that is no JSON: the issuer's statement of a day.</summary>
    public const string Statement = "clientTransactionId,miles,sponsorCode\nI-W-1001,8,KENY\n";

    public static IReadOnlyDictionary<Type, object> OfTypes { get; } =
        new object[]
        {
            new CollectorSearch { Q = "80085102028", Limit = 50 },
            new DecisionRequest { Reason = "The customer has asked for it", OperationId = Operation },
            new RetryRequest { Reason = "The issuer is back", OperationId = Operation },
            new OrderApprovalRequest { Reason = "The shop has confirmed the order", OperationId = Operation },
            new CancellationRequest
            {
                Reason = "AIR MILES has no such transaction",
                OperationId = Operation,
                NoEffect = true,
            },
            new CorrectionRequest
            {
                Reason = "The till had an old location",
                OperationId = Operation,
                LocationCode = "0037",
            },
            new TimerRequest
            {
                Reason = "The issuer's maintenance takes longer",
                OperationId = Operation,
                DueAt = At,
            },
            new ReleaseRequest
            {
                Ids = [Id],
                Reason = "The exchange is there now",
                Id = Operation,
            },
            new SelectionRequest
            {
                Ids = [Id],
                Reason = "A test of the shop's",
                Id = Operation,
            },
            new ReplayRequest
            {
                Ids = [Id],
                Reason = "Till 9 is mended",
                Id = Operation,
                Rate = 100,
                Ramp = [1, 5, 50],
            },
            new EditRequest
            {
                Body = """{ "refundId": "RF-77", "orderId": "W-1001", "refundedAt": "2026-11-22T09:00:00-05:00", "full": true }""",
                Reason = "The till left the order out",
                Id = Operation,
            },
            new NoteRequest { Note = "Till 9, the shop knows; a new version comes on Monday" },
            new ReasonRequest { Reason = "Looked at and found right" },
            new BulkRequest
            {
                Kind = "retry",
                States = ["Suspended"],
                Preview = true,
            },
            new InquireBalance
            {
                CollectorNumber = "80085102028",
                Amount = 163.98m,
                CardEntryMode = "PREREGISTERED",
            },
            new RevealedCollector("W-1001", "80085102028"),
            new DecisionTaken(Operation, "Issuing"),
            new Changed(1),
            new EditAnswer(Id, Operation, "Running", null),
            new AuditVerification(true, null),
            new JobView
            {
                Id = Operation,
                Kind = "replay",
                State = "Running",
                StateSince = At,
                Description = "1 dead letter",
                Reason = "Till 9 is mended",
                CreatedBy = "one operator",
                CreatedAt = At,
                Rate = 100,
                Ramp = [1, 5, 50],
                StopOnSame = true,
                StopShare = 10,
                MilesToIssue = 8,
                Total = 1,
                Waiting = 0,
                Sent = 1,
                Done = 0,
                Failed = 0,
                Skipped = 0,
            },
            new EchoRan
            {
                At = At,
                Worker = "worker-1",
                Outcome = "answered",
                ResponseCode = "0000",
                Status = 200,
                Meaning = "approved",
                Actor = "nobody",
                Calls = 1,
                DurationMs = 41.5,
                TraceId = "000012345678",
            },
            new BalanceInquired
            {
                CollectorLast4 = "2028",
                ResponseCode = "0000",
                Meaning = "approved",
                Message = "Approved",
                CashBalance = 120,
                DreamBalance = 545,
                AvailableCashBalance = 95,
                AvailableDollarAmount = 10,
                Display = new DisplayRules
                {
                    BalancesOnReceipt = true,
                    BalancesOnTerminal = false,
                    OfferRedemption = true,
                },
                TraceId = "000012345678",
                OccurredAt = At,
            },
        }.ToDictionary(example => example.GetType());

    public static string OfPath(string parameter, string operation) =>
        parameter switch
        {
            "day" => "2026-11-21",
            "orderId" => "W-1001",
            "id" when operation.EndsWith("Refund", StringComparison.Ordinal) || operation == "MoveRefundTimer" => "RF-77",
            "id" when operation.EndsWith("Order", StringComparison.Ordinal) || operation is "MoveOrderTimer" or "RevealCollector" =>
                "W-1001",
            _ => Id.ToString(),
        };

    /// <summary>What the routes of a tag are about.</summary>
    public static string DescriptionOf(string tag) =>
        tag switch
        {
            "Orders" => "Orders and refunds: what became of them, and what will happen by itself",
            "Stats" => "The whole at a glance",
            "Outbox" => "Messages that the broker has not taken",
            "AM Cash" => "Whether the issuer is there, and a collector's balances",
            "Decisions" => "What a person decides about one order or refund",
            "Reconciliation" => "A transaction day from three sides",
            "Dead letters" => "Messages that were given up, and sending them again",
            "Jobs" => "Work on many things at once: its ramp, its pause, its second person",
            "Audit" => "Who did what, and why",
            _ => throw new InvalidOperationException($"The tag {tag} has no description yet"),
        };

    /// <summary>A sentence such as a problem of that status has.</summary>
    public static string DetailOf(int status) =>
        FaultsRegistration.SentenceFor(status, forPeople: false) is { } sentence && status != StatusCodes.Status404NotFound
            ? sentence
            : status switch
            {
                StatusCodes.Status400BadRequest => Reasons.Mistake(null)!,
                StatusCodes.Status404NotFound => $"There is no job {Id}",
                StatusCodes.Status409Conflict => "Its state does not allow this",
                StatusCodes.Status422UnprocessableEntity => "order-completed: locationCode is required",
                StatusCodes.Status502BadGateway => "The worker failed to answer; its log says why",
                StatusCodes.Status503ServiceUnavailable =>
                    "The database does not answer; ask again in a moment. Work goes on when it is back, nothing is lost",
                StatusCodes.Status504GatewayTimeout => "No worker has answered in time; ask again, or look whether one is running",
                _ => throw new InvalidOperationException($"Status {status} has no example yet"),
            };
}
