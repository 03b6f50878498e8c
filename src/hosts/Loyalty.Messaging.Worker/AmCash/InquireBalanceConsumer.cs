using Loyalty.Messaging.AirMiles;
using Loyalty.Messaging.AirMiles.AmCash;
using Loyalty.Messaging.Contracts;
using Loyalty.Messaging.RabbitMq.Read;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Loyalty.Messaging.Worker.AmCash;

/// <summary>
/// Answers a shop's question: asks the issuer once, and passes on what may be shown. A question that nobody can be answered on is a dead
/// letter, and is not asked.
/// </summary>
internal sealed class InquireBalanceConsumer(IAmCashClient issuer, IOptions<AirMilesOptions> options, TimeProvider time)
    : IConsumer<InquireBalance>,
        IConsumer<UnreadableInquiry>
{
    public async Task Consume(ConsumeContext<InquireBalance> context)
    {
        if (!context.CanBeAnswered())
            throw new ContractViolationException(
                "inquire-balance",
                [
                    new(
                        "",
                        "The inquiry names nobody to answer: set reply_to, or MassTransit's responseAddress, "
                            + "to a queue or exchange of your own"
                    ),
                ]
            );
        var question = context.Message;
        if (question.SponsorCode is { } code && code != options.Value.SponsorCode && !options.Value.SponsorCodes.Contains(code))
        {
            await context.AnswerAsync(
                Refusal("sponsorCode is none of this partner's (AirMiles__SponsorCode, AirMiles__SponsorCodes)", question.CollectorNumber)
            );
            return;
        }
        var result = await issuer.InquireAsync(
            new Inquiry(question.CollectorNumber, question.Amount, question.CardEntryMode)
            {
                InstantMessage = question.InstantMessage ?? "en-CA",
                SponsorCode = question.SponsorCode,
                StoreId = question.StoreId,
                DeviceId = question.DeviceId,
            },
            context.CancellationToken
        );
        if (result.Verdict.Outcome == AmCashOutcome.Answered)
            await context.AnswerAsync(InquiryAnswers.Inquired(question, result));
        else
            await context.AnswerAsync(InquiryAnswers.Failed(question, result));
    }

    public Task Consume(ConsumeContext<UnreadableInquiry> context) =>
        context.CanBeAnswered() ? context.AnswerAsync(Refusal(context.Message.Violation.Message, null)) : throw context.Message.Violation;

    BalanceInquiryFailed Refusal(string reason, string? collectorNumber) =>
        new()
        {
            CollectorLast4 = collectorNumber?[^4..],
            Outcome = AmCashWords.Of(AmCashOutcome.Invalid),
            Reason = reason,
            Actor = AmCashWords.Of(AmCashActor.Caller),
            Display = DisplayRules.None,
            OccurredAt = time.GetUtcNow(),
        };
}
