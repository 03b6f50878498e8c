using System.Globalization;
using Loyalty.Messaging.Benchmarks.Modes;
using Loyalty.Messaging.TestKit;

namespace Loyalty.Messaging.Benchmarks;

/// <summary>A mistake on the command line; the message is one sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>How to run.</summary>
internal sealed record Options
{
    const string Known =
        "--quick, --json, --orders N, --runs N, --rate N, --refunds PERCENT, --issuer-delay MS, --workers N, --modes A,B,C, "
        + "--sagas N, --journal N, --backlog N, --minutes M, --output DIR";

    public bool Quick { get; private init; }

    /// <summary>The last line of standard output is one line of JSON.</summary>
    public bool Json { get; private init; }

    /// <summary>Orders of each run.</summary>
    public int Orders { get; private init; } = 5000;

    /// <summary>Orders before, not counted: they load and compile.</summary>
    public int WarmUp => 600;

    /// <summary>So long an open loop goes on before it counts.</summary>
    public TimeSpan PacedWarmUp => TimeSpan.FromSeconds(Quick ? 0 : 20);

    /// <summary>Orders of each open loop.</summary>
    public int PacedOrders => Quick ? Math.Min(Orders, 600) : Orders;

    /// <summary>Rounds of the rotation.</summary>
    public int Runs { get; private init; } = 3;

    /// <summary>Orders per second of the open loop; null: half of the slowest mode's flat-out rate; 0: no open loop.</summary>
    public int? Rate { get; private init; }

    /// <summary>Refunds in 100 orders of the flow with refunds; 0: no such flow.</summary>
    public int Refunds { get; private init; } = 20;
    public TimeSpan IssuerDelay { get; private init; }
    public int Workers { get; private init; } = 1;
    public IReadOnlyList<Mode> Modes { get; private init; } = Mode.Compared;

    /// <summary>Orders in the past of mode filled; a fifth as many refunds.</summary>
    public int Sagas { get; private init; } = 10_000_000;

    /// <summary>Rows of its journal.</summary>
    public int Journal { get; private init; } = 50_000_000;

    /// <summary>Rows in the outbox of mode backlog.</summary>
    public int Backlog { get; private init; } = 1_000_000;

    /// <summary>Minutes of a soak; null: no soak but the comparison.</summary>
    public int? Minutes { get; private init; }
    public string Output { get; private init; } = Path.Combine(Repository.Root, "artifacts", "bench");

    public TimeSpan SampleInterval => Minutes is null ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromSeconds(5);

    /// <exception cref="UsageException">Something is not known or not a value.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = arguments.Contains("--quick")
            ? new Options
            {
                Quick = true,
                Orders = 1500,
                Runs = 1,
                Refunds = 0,
                Modes = [Mode.Single, Mode.Group],
            }
            : new Options();
        for (var index = 0; index < arguments.Count; index++)
            options = arguments[index] switch
            {
                "--quick" => options,
                "--json" => options with { Json = true },
                "--orders" => options with { Orders = Whole(arguments, ++index, 1, 9_999_999) },
                "--runs" => options with { Runs = Whole(arguments, ++index, 1, 1000) },
                "--rate" => options with { Rate = Whole(arguments, ++index, 0, 100_000) },
                "--refunds" => options with { Refunds = Whole(arguments, ++index, 0, 100) },
                "--issuer-delay" => options with { IssuerDelay = TimeSpan.FromMilliseconds(Whole(arguments, ++index, 0, 60_000)) },
                "--workers" => options with { Workers = Whole(arguments, ++index, 1, 64) },
                "--modes" => options with { Modes = Listed(Value(arguments, ++index)) },
                "--sagas" => options with { Sagas = Whole(arguments, ++index, 1, 1_000_000_000) },
                "--journal" => options with { Journal = Whole(arguments, ++index, 1, 2_000_000_000) },
                "--backlog" => options with { Backlog = Whole(arguments, ++index, 1, 9_999_999) },
                "--minutes" => options with { Minutes = Whole(arguments, ++index, 1, 10_000) },
                "--output" => options with { Output = Path.GetFullPath(Value(arguments, ++index)) },
                var unknown => throw new UsageException($"bench does not know '{unknown}'; there are {Known}"),
            };
        // A soak is of the product as configured, unless others are named.
        if (options.Minutes is not null && !arguments.Contains("--modes"))
            options = options with { Modes = [Mode.Group] };
        if (options.Minutes is not null && options.Rate is null or 0)
            throw new UsageException("--minutes needs a rate: --rate N says how many orders per second");
        if (options is { Minutes: { } minutes, Rate: { } rate } && minutes * 60L * rate > 9_999_999)
            throw new UsageException($"{minutes} minutes at {rate} orders per second are more than 9999999 orders; take fewer");
        // Each takes two series of orders of the hundred that an id has room for; the last is the backlog's.
        if (options.Modes.Contains(Mode.Filled) && options.Runs > 49)
            throw new UsageException("mode filled has room for 49 runs in one database; take fewer --runs");
        if (options.Workers > 1 && !arguments.Contains("--modes"))
            options = options with { Modes = [.. options.Modes.Where(mode => mode.Persists)] };
        if (options.Workers > 1 && options.Modes.Any(mode => mode.Workers is not null))
            throw new UsageException("modes one and three have as many workers as they are called; leave out --workers");
        if (options.Modes.Contains(Mode.Bare) && options.Workers > 1)
            throw new UsageException(
                "mode bare keeps its sagas in the memory of one worker; with --workers, name the others: --modes group,single"
            );
        return options;
    }

    static Mode[] Listed(string names) =>
        [
            .. names
                .Split(',')
                .Select(name =>
                    Mode.All.FirstOrDefault(mode => mode.Name == name)
                    ?? throw new UsageException(
                        $"there is no mode '{name}'; there are {string.Join(", ", Mode.All.Select(mode => mode.Name))}"
                    )
                )
                .Distinct(),
        ];

    static string Value(IReadOnlyList<string> arguments, int index) =>
        index < arguments.Count && !arguments[index].StartsWith("--", StringComparison.Ordinal)
            ? arguments[index]
            : throw new UsageException($"{arguments[index - 1]} needs a value");

    static int Whole(IReadOnlyList<string> arguments, int index, int least, int most) =>
        int.TryParse(Value(arguments, index), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number >= least
        && number <= most
            ? number
            : throw new UsageException($"{arguments[index - 1]} needs a whole number from {least} to {most}, not '{arguments[index]}'");
}
