using System.Globalization;

namespace Loyalty.Messaging.Benchmarks;

/// <summary>How to run.</summary>
/// <param name="Orders">Orders of each flood.</param>
/// <param name="WarmUp">Orders before, not counted: the first thousands are compilation.</param>
/// <param name="Runs">Floods.</param>
/// <param name="PacedOrders">Orders of the open-loop run that measures latency; 0: none.</param>
/// <param name="Share">The open loop's rate as a share of the flood's median.</param>
/// <param name="IssuerDelay">How long the issuer takes.</param>
/// <param name="Json">End with one line of JSON.</param>
internal sealed record Options(int Orders, int WarmUp, int Runs, int PacedOrders, double Share, TimeSpan IssuerDelay, bool Json)
{
    public static Options Parse(string[] arguments)
    {
        var quick = arguments.Contains("--quick");
        var options = quick ? new Options(2000, 1500, 1, 600, 0.5, TimeSpan.Zero, false) : new Options(5000, 3000, 3, 3000, 0.5, TimeSpan.Zero, false);
        for (var index = 0; index < arguments.Length; index++)
            options = arguments[index] switch
            {
                "--quick" => options,
                "--json" => options with { Json = true },
                "--orders" => options with { Orders = Whole(arguments, ++index) },
                "--runs" => options with { Runs = Whole(arguments, ++index) },
                "--issuer-delay" => options with { IssuerDelay = TimeSpan.FromMilliseconds(Whole(arguments, ++index)) },
                var unknown => throw new ArgumentException($"unknown option {unknown}; there are --quick, --json, --orders N, --runs N, --issuer-delay MILLISECONDS"),
            };
        return options;
    }

    static int Whole(string[] arguments, int index) => index < arguments.Length && int.TryParse(arguments[index], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new ArgumentException($"{arguments[index - 1]} needs a whole number");
}
