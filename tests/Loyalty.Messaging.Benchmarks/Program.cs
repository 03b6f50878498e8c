using System.Globalization;
using Loyalty.Messaging.Benchmarks.Issuer;
using Loyalty.Messaging.Benchmarks.Modes;
using Loyalty.Messaging.Benchmarks.Running;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    [IssuerHost.Verb, .. var rest] => await IssuerHost.RunAsync(rest),
    [BareHost.Verb, .. var rest] => await BareHost.RunAsync(rest),
    [Bench.CheckVerb, .. var rest] => Bench.Check(rest),
    _ => await Bench.RunAsync(args),
};
