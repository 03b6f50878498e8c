using System.Text.Json;
using Loyalty.Messaging.Simulator.Answers;
using Loyalty.Messaging.Simulator.Calls;
using Loyalty.Messaging.Simulator.Issuance;
using Loyalty.Messaging.Simulator.Records;
using Loyalty.Messaging.Simulator.Scripts;
using Loyalty.Messaging.Simulator.Tokens;

namespace Loyalty.Messaging.Simulator.Control;

/// <summary><c>/simulator</c>: what a test tells the stand-in to do, and what it reads back.</summary>
internal static class ControlRegistration
{
    public static void AddControl(this IServiceCollection services) => services.AddSingleton<ScriptBook>();

    public static void MapControl(this WebApplication app)
    {
        var simulator = app.MapGroup("/simulator");
        simulator.MapGet(
            "/ledger",
            (Ledger ledger, string? clientTransactionId, long after = 0) =>
                Json(clientTransactionId is null ? ledger.Behind(after) : ledger.Of(clientTransactionId))
        );
        simulator.MapGet("/attempts", (AttemptLog attempts, long after = 0) => Json(attempts.Behind(after)));
        simulator.MapGet("/breaches", (BreachLog breaches) => Json(breaches.All()));
        simulator.MapGet("/held", (HeldCalls held) => Json(new { Held = held.Count }));
        simulator.MapGet("/stats", Stats);
        simulator.MapGet("/scripts", (ScriptBook scripts) => Json(scripts.Left()));
        simulator.MapPost("/scripts", AddScriptsAsync);
        simulator.MapDelete("/scripts", (ScriptBook scripts) => Done(scripts.Clear));
        simulator.MapPost("/release", (HeldCalls held) => Done(held.Release));
        simulator.MapPost("/tokens/revoke", (TokenIssuer tokens) => Done(tokens.RevokeAll));
        simulator.MapPost("/keys/forget", (KeyMemory keys) => Done(keys.Forget));
        simulator.MapDelete("", Reset);
    }

    static async Task<IResult> AddScriptsAsync(HttpRequest request, ScriptBook scripts)
    {
        try
        {
            var rules = await JsonSerializer.DeserializeAsync<ScriptRule[]>(
                request.Body,
                SimulatorJson.Options,
                request.HttpContext.RequestAborted
            );
            scripts.Add(rules ?? []);
            return Json(new { Added = rules?.Length ?? 0 });
        }
        catch (JsonException unreadable)
        {
            return Results.Json(new { unreadable.Message }, SimulatorJson.Options, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    static IResult Stats(Ledger ledger, AttemptLog attempts, BreachLog breaches, TokenIssuer tokens, CollectorLanes lanes, HeldCalls held)
    {
        var (inFlight, maxInFlight) = lanes.Counts();
        var counts = tokens.Counts();
        var totals = ledger.Totals();
        var allAttempts = attempts.Behind(0);
        return Json(
            new
            {
                Attempts = allAttempts.Count,
                AttemptsByPath = allAttempts.CountBy(attempt => attempt.Path).ToDictionary(),
                AnswersByStatus = allAttempts
                    .Where(attempt => attempt.AnswerPlanned is not null)
                    .CountBy(attempt => attempt.AnswerPlanned!.Value)
                    .ToDictionary(),
                Replayed = allAttempts.Count(attempt => attempt.Replayed),
                Effects = totals.Issues + totals.Reversals,
                totals.Issues,
                totals.Reversals,
                totals.MilesIssued,
                totals.MilesReversed,
                Breaches = breaches.All().Count,
                BreachesByKind = breaches.All().CountBy(breach => breach.Kind).ToDictionary(),
                TokenRequests = counts.Requests,
                ExpiredTokenCalls = counts.ExpiredCalls,
                RevokedTokenCalls = counts.RevokedCalls,
                InFlight = inFlight,
                MaxInFlight = maxInFlight,
                Held = held.Count,
            }
        );
    }

    static IResult Reset(
        Ledger ledger,
        AttemptLog attempts,
        BreachLog breaches,
        TokenIssuer tokens,
        CollectorLanes lanes,
        HeldCalls held,
        ScriptBook scripts,
        KeyMemory keys
    ) =>
        Done(() =>
        {
            scripts.Clear();
            held.Release();
            ledger.Clear();
            attempts.Clear();
            breaches.Clear();
            keys.Clear();
            tokens.ClearCounts();
            lanes.ClearMax();
        });

    static IResult Json<T>(T value) => Results.Json(value, SimulatorJson.Options);

    static IResult Done(Action act)
    {
        act();
        return Results.NoContent();
    }
}
