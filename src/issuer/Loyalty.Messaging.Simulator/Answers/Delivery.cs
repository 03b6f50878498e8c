using System.Net.Sockets;
using System.Text;
using Loyalty.Messaging.Simulator.Scripts;
using Microsoft.AspNetCore.Connections.Features;

namespace Loyalty.Messaging.Simulator.Answers;

/// <summary>Sends a planned answer in its manner.</summary>
internal sealed class Delivery(HeldCalls held, TimeProvider time)
{
    /// <summary>
    /// True when the whole answer went out to a client that was still there. <paramref name="beforeLastByte"/> runs while the client cannot
    /// know the whole answer yet, so whatever it does next comes after.
    /// </summary>
    public async Task<bool> SendAsync(HttpContext http, Plan plan, Action beforeLastByte)
    {
        try
        {
            if (plan.Delay > TimeSpan.Zero)
                await Task.Delay(plan.Delay, time, http.RequestAborted);
            if (plan.Kind == AnswerKind.Never)
                await held.HoldAsync(http.RequestAborted);

            await (
                plan.Kind switch
                {
                    AnswerKind.Reset => Reset(http, beforeLastByte),
                    AnswerKind.Truncate => TruncateAsync(http, plan.Answer, beforeLastByte),
                    AnswerKind.Huge => FloodAsync(http, plan, beforeLastByte),
                    AnswerKind.SlowDrip => DripAsync(http, plan, beforeLastByte),
                    _ => WholeAsync(http, plan.Answer, beforeLastByte),
                }
            );
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException)
        {
            return false;
        }

        return plan.Kind is not (AnswerKind.Reset or AnswerKind.Truncate) && !http.RequestAborted.IsCancellationRequested;
    }

    static Task Reset(HttpContext http, Action beforeLastByte)
    {
        beforeLastByte();
        http.Abort();
        return Task.CompletedTask;
    }

    static async Task WholeAsync(HttpContext http, Answer answer, Action beforeLastByte)
    {
        Open(http, answer);
        beforeLastByte();
        await WriteAsync(http, answer.Body);
        await http.Response.CompleteAsync();
    }

    async Task TruncateAsync(HttpContext http, Answer answer, Action beforeLastByte)
    {
        Open(http, answer);
        http.Response.ContentLength = answer.Body.Length;
        await WriteAsync(http, answer.Body.AsMemory(0, answer.Body.Length / 2));
        beforeLastByte();
        // An abort resets, and a reset may swallow what was sent: the half must arrive, then a regular end of stream.
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, http.RequestAborted);
        http.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
        await Task.Delay(TimeSpan.FromMilliseconds(50), time, http.RequestAborted);
        http.Abort();
    }

    async Task DripAsync(HttpContext http, Plan plan, Action beforeLastByte)
    {
        Open(http, plan.Answer);
        for (var i = 0; i < plan.Answer.Body.Length; i++)
        {
            if (i == plan.Answer.Body.Length - 1)
                beforeLastByte();
            await WriteAsync(http, plan.Answer.Body.AsMemory(i, 1));
            await Task.Delay(plan.DripInterval, time, http.RequestAborted);
        }

        await http.Response.CompleteAsync();
    }

    async Task FloodAsync(HttpContext http, Plan plan, Action beforeLastByte)
    {
        // One JSON string that does not end before the last megabyte: a reader that buffers must hold all of it.
        var megabyte = Encoding.ASCII.GetBytes(new string('x', 1024 * 1024));
        Open(http, plan.Answer);
        await WriteAsync(http, "{\"message\":\""u8.ToArray());
        for (var i = 0; i < plan.Megabytes; i++)
            await WriteAsync(http, megabyte);
        // Writes to a cut connection succeed at once, faster than its end is told: without a pause this would count as delivered.
        await Task.Delay(TimeSpan.FromMilliseconds(100), time, http.RequestAborted);
        beforeLastByte();
        await WriteAsync(http, "\"}"u8.ToArray());
        await http.Response.CompleteAsync();
    }

    static async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> part) =>
        await http.Response.BodyWriter.WriteAsync(part, http.RequestAborted);

    static void Open(HttpContext http, Answer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        foreach (var (name, value) in answer.Headers)
            http.Response.Headers[name] = value;
    }
}
