using System.Globalization;
using System.Text.Json;

namespace Loyalty.Messaging.Cli.Ops;

/// <summary>Follows a job until it is done, cancelled, or needs somebody.</summary>
internal static class JobFollower
{
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <returns>0 when it is done and nothing failed.</returns>
    public static async Task<int> FollowAsync(JsonElement job, OpsSite site, Output output, CancellationToken cancellationToken)
    {
        var id = job.Text("id");
        for (string? told = null; ; )
        {
            using var document = JsonDocument.Parse(await site.GetAsync($"api/v1/jobs/{id}", cancellationToken));
            var now = document.RootElement;
            var sentence = Sentence(now);
            if (sentence != told && !output.IsJson)
                Console.Error.WriteLine(sentence);
            told = sentence;
            if (now.Text("state") is not "Running")
            {
                var failed = now.Text("state") != "Done" || now.Text("failed") != "0";
                return failed
                    ? output.Fail(
                        $"Job {id} is {now.Text("state")}{(now.Text("stateReason") is { } reason ? $": {reason}" : "")}",
                        now.Clone()
                    )
                    : output.Succeed(now.Clone(), () => Console.WriteLine($"Job {id} is done"));
            }
            await Task.Delay(Interval, TimeProvider.System, cancellationToken);
        }
    }

    public static string Sentence(JsonElement job)
    {
        var (total, settled) = (Number(job, "total"), Number(job, "done") + Number(job, "failed") + Number(job, "skipped"));
        var share = total == 0 ? 100 : settled * 100 / total;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{job.Text("state"), -16} {share, 3} %  {settled} of {total}: {Number(job, "done")} done, "
                + $"{Number(job, "failed")} failed, {Number(job, "skipped")} left out, {Number(job, "sent")} on the way"
        );
    }

    static int Number(JsonElement job, string name) => job.TryGetProperty(name, out var value) ? value.GetInt32() : 0;
}
